/* guard.h - `stator guard`: a TCP port that only those may connect to whom a security
 * group allows; everything else is passed through to another address. */
#ifndef CLOUD_GUARD_H
#define CLOUD_GUARD_H

/* --listen HOST:PORT --to HOST:PORT --group ID [--port N] [--endpoint URL]; until SIGTERM
 * or SIGINT.  Returns the exit status. */
int guard_main(int argc, char **argv);

#endif
