/* fn_exec.h - the last step before a function's program, in the new process. */
#ifndef CLOUD_FN_EXEC_H
#define CLOUD_FN_EXEC_H

/* USER MEMORY_MB CWD PROGRAM ARGUMENTS...: limits what the process may do and becomes
 * the program.  Returns only when that fails. */
int fn_exec(int argc, char **argv);

#endif
