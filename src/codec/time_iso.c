/* time_iso.c - see time_iso.h.  Days are counted in the proleptic Gregorian
 * calendar; years begin in March inside, so that a leap day comes last. */
#include "codec/time_iso.h"

#include <stdio.h>

enum { MS_PER_DAY = 86400000, DAYS_PER_ERA = 146097 /* 400 years */, EPOCH_DAYS = 719468 };
#define MS_MIN (-62167219200000LL) /* 0000-01-01T00:00:00.000Z */
#define MS_MAX 253402300799999LL   /* 9999-12-31T23:59:59.999Z */

struct civil {
    int year, month, day, hour, minute, second, ms, weekday; /* month from 1; Sunday is 0 */
};

static struct civil civil_from_ms(int64_t ms)
{
    ms = ms < MS_MIN ? MS_MIN : ms > MS_MAX ? MS_MAX : ms;
    int64_t days = ms / MS_PER_DAY, rest = ms % MS_PER_DAY;
    if (rest < 0) {
        rest += MS_PER_DAY;
        days--;
    }
    int64_t z = days + EPOCH_DAYS; /* since 0000-03-01 */
    int64_t era = (z >= 0 ? z : z - (DAYS_PER_ERA - 1)) / DAYS_PER_ERA;
    int of_era = (int)(z - era * DAYS_PER_ERA);
    int year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int of_year = of_era - (365 * year + year / 4 - year / 100);
    int month = (5 * of_year + 2) / 153; /* March is 0 */
    struct civil c = {
        .day = of_year - (153 * month + 2) / 5 + 1,
        .month = month < 10 ? month + 3 : month - 9,
        .hour = (int)(rest / 3600000),
        .minute = (int)(rest / 60000 % 60),
        .second = (int)(rest / 1000 % 60),
        .ms = (int)(rest % 1000),
        .weekday = (int)((days % 7 + 7 + 4) % 7), /* 1970-01-01 was a Thursday */
    };
    c.year = (int)(year + era * 400) + (c.month <= 2);
    return c;
}

static int days_in_month(int year, int month)
{
    static const unsigned char days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return days[month - 1] + (month == 2 && leap);
}

static bool civil_to_ms(const struct civil *c, int64_t *ms)
{
    if (c->month < 1 || c->month > 12 || c->day < 1 || c->day > days_in_month(c->year, c->month) ||
        c->hour > 23 || c->minute > 59 || c->second > 59)
        return false;
    int64_t year = c->year - (c->month <= 2);
    int64_t era = (year >= 0 ? year : year - 399) / 400;
    int64_t of_era = year - era * 400;
    int month = c->month > 2 ? c->month - 3 : c->month + 9;
    int64_t of_year = (153 * month + 2) / 5 + c->day - 1;
    int64_t days =
        era * DAYS_PER_ERA + of_era * 365 + of_era / 4 - of_era / 100 + of_year - EPOCH_DAYS;
    *ms =
        days * MS_PER_DAY + c->hour * 3600000LL + c->minute * 60000LL + c->second * 1000LL + c->ms;
    return true;
}

static const char weekdays[][4] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
static const char months[][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                 "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

/* Forms: Y o D h m s f stand for numbers (o: month, f: milliseconds), a and b for
 * the names of weekday and month, anything else for itself.  The number that a
 * letter stands for, or NULL. */
static int *field(struct civil *c, char letter, size_t *width)
{
    *width = letter == 'Y' ? 4 : letter == 'f' ? 3 : 2;
    switch (letter) {
    case 'Y':
        return &c->year;
    case 'o':
        return &c->month;
    case 'D':
        return &c->day;
    case 'h':
        return &c->hour;
    case 'm':
        return &c->minute;
    case 's':
        return &c->second;
    case 'f':
        return &c->ms;
    default:
        return NULL;
    }
}

static void format(const char *form, int64_t ms, char *out)
{
    struct civil c = civil_from_ms(ms);
    for (; *form != '\0'; form++) {
        size_t width;
        int *number = field(&c, *form, &width);
        if (number != NULL) {
            int v = *number;
            for (size_t i = width; i-- > 0; v /= 10)
                out[i] = (char)('0' + v % 10);
            out += width;
        } else if (*form == 'a' || *form == 'b') {
            memcpy(out, *form == 'a' ? weekdays[c.weekday] : months[c.month - 1], 3);
            out += 3;
        } else {
            *out++ = *form;
        }
    }
    *out = '\0';
}

void time_iso_basic(int64_t ms, char out[17])
{
    format("YoDThmsZ", ms, out);
}

void time_iso_extended(int64_t ms, char out[25])
{
    format("Y-o-DTh:m:s.fZ", ms, out);
}

void time_iso_label(int64_t ms, char out[24])
{
    format("Y-o-DTh:m:s.f", ms, out);
}

void time_words(int64_t ms, char out[TIME_WORDS_MAX])
{
    static const char *const days[] = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                       "Thursday", "Friday", "Saturday"};
    static const char *const names[] = {"January",   "February", "March",    "April",
                                        "May",       "June",     "July",     "August",
                                        "September", "October",  "November", "December"};
    struct civil c = civil_from_ms(ms);
    snprintf(out, TIME_WORDS_MAX, "%s, %s %d, %d at %d:%02d:%02d %s Coordinated Universal Time",
             days[c.weekday], names[c.month - 1], c.day, c.year,
             c.hour % 12 == 0 ? 12 : c.hour % 12, c.minute, c.second, c.hour < 12 ? "AM" : "PM");
}

void time_http(int64_t ms, char out[30])
{
    format("a, D b Y h:m:s GMT", ms, out);
}

static bool number(struct str *s, size_t width, int *out)
{
    int v = 0;
    if (s->n < width)
        return false;
    for (size_t i = 0; i < width; i++) {
        if (s->p[i] < '0' || s->p[i] > '9')
            return false;
        v = v * 10 + (s->p[i] - '0');
    }
    *s = str_from(*s, width);
    *out = v;
    return true;
}

/* The reverse of format(), for digits and marks; what is left over stays in *s. */
static bool scan(struct str *s, const char *form, struct civil *c)
{
    for (; *form != '\0'; form++) {
        size_t width;
        int *to = field(c, *form, &width);
        bool fine;
        if (to != NULL) {
            fine = number(s, width, to);
        } else {
            fine = s->n > 0 && *s->p == *form;
            if (fine)
                *s = str_from(*s, 1);
        }
        if (!fine)
            return false;
    }
    return true;
}

bool time_iso_basic_parse(struct str s, int64_t *ms)
{
    struct civil c = {0};
    return scan(&s, "YoDThmsZ", &c) && s.n == 0 && civil_to_ms(&c, ms);
}

/* .digits, cut to milliseconds */
static bool fraction(struct str *s, struct civil *c)
{
    size_t i = 1;
    int unit = 100;
    for (; i < s->n && s->p[i] >= '0' && s->p[i] <= '9'; i++, unit /= 10)
        c->ms += (s->p[i] - '0') * unit;
    *s = str_from(*s, i);
    return i > 1;
}

bool time_iso_extended_parse(struct str s, int64_t *ms)
{
    struct civil c = {0}, zone = {0};
    int64_t local;
    int sign = 0;
    if (!scan(&s, "Y-o-DTh:m:s", &c))
        return false;
    if (s.n > 0 && *s.p == '.' && !fraction(&s, &c))
        return false;
    if (s.n == 1 && *s.p == 'Z') {
        s.n = 0;
    } else if (s.n > 0 && (*s.p == '+' || *s.p == '-')) {
        sign = *s.p == '+' ? 1 : -1;
        s = str_from(s, 1);
        if (!scan(&s, "h:m", &zone) || zone.hour > 23 || zone.minute > 59)
            return false;
    }
    if (s.n != 0 || !civil_to_ms(&c, &local))
        return false;
    *ms = local - sign * (zone.hour * 3600000LL + zone.minute * 60000LL);
    return true;
}
