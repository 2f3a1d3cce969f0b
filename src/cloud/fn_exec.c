/* fn_exec.c - see fn_exec.h.  What a function gets: its memory limit, no files but
 * its output, no core dumps, never more privileges than it starts with, and its
 * end when the server ends. */
#include "cloud/fn_exec.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

#include "base/base.h"

enum { FILES_MAX = 1024, PROCESSES_MAX = 1024, CANNOT_RUN = 127 };

static int fail(const char *what, const char *which)
{
    fprintf(stderr, "stator: cannot %s %s: %s\n", what, which, strerror(errno));
    return CANNOT_RUN;
}

static bool limit(int resource, rlim_t n)
{
    struct rlimit l;
    if (getrlimit((__rlimit_resource_t)resource, &l) != 0)
        return false;
    l.rlim_cur = l.rlim_max = l.rlim_max < n ? l.rlim_max : n;
    return setrlimit((__rlimit_resource_t)resource, &l) == 0;
}

static bool become(const char *user)
{
    struct passwd *who = getpwnam(user);
    if (who == NULL)
        return false;
    return setgroups(0, NULL) == 0 && setgid(who->pw_gid) == 0 && setuid(who->pw_uid) == 0 &&
           limit(RLIMIT_NPROC, PROCESSES_MAX);
}

int fn_exec(int argc, char **argv)
{
    if (argc < 4)
        return CANNOT_RUN;
    const char *user = argv[0], *cwd = argv[2];
    rlim_t bytes = (rlim_t)strtoul(argv[1], NULL, 10) * 1024 * 1024;
#ifdef __linux__
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return fail("give up", "privileges");
#endif
    closefrom(3);
    if (chdir(cwd) != 0) /* before it is another user: it needs not see the way there */
        return fail("enter", cwd);
    if (!limit(RLIMIT_NOFILE, FILES_MAX) || !limit(RLIMIT_CORE, 0))
        return fail("limit", "the process");
    if (user[0] != '\0' && !become(user))
        return fail("become", user);
#ifdef __linux__
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() == 1)
        return CANNOT_RUN; /* the server had ended before */
#endif
    /* Private memory that can be written: what the program and its libraries take by
     * being mapped does not count.  Last, since it holds for us, too. */
    if (!limit(RLIMIT_DATA, bytes))
        return fail("limit", "the process");
    execvp(argv[3], argv + 3);
    fail("run", argv[3]);
    _exit(CANNOT_RUN); /* nothing of the server's is to run at the end */
}
