/* main.c - the program `cruddur`. */
#include "cruddur/cmd.h"

int main(int argc, char **argv)
{
    return cmd_main(argc, argv);
}
