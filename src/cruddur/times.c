/* times.c - see times.h. */
#include "cruddur/times.h"

#include <stdio.h>
#include <time.h>

int64_t times_now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

void times_sql(int64_t us, char out[TIMES_SQL_MAX])
{
    time_t s = (time_t)(us / 1000000);
    struct tm tm;
    gmtime_r(&s, &tm);
    size_t n = strftime(out, TIMES_SQL_MAX, "%Y-%m-%dT%H:%M:%S", &tm);
    snprintf(out + n, TIMES_SQL_MAX - n, ".%06d", (int)(us % 1000000));
}
