/* fn_cmd.h - `stator function add | list | remove | invoke`: the Lambda API from a shell. */
#ifndef CLOUD_FN_CMD_H
#define CLOUD_FN_CMD_H

int fn_cmd_add(int argc, char **argv);
int fn_cmd_list(int argc, char **argv);
int fn_cmd_remove(int argc, char **argv);
int fn_cmd_invoke(int argc, char **argv);

#endif
