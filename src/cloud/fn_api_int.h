/* fn_api_int.h - what the files of the Lambda API share.
 *
 *   fn_api.c           paths, errors, who may call
 *   fn_api_function.c  functions: create, show, list, change, delete
 *   fn_api_invoke.c    Invoke
 *   fn_api_mapping.c   event-source mappings
 *   fn_def.c           the configuration: checks and the form in which it is shown */
#ifndef CLOUD_FN_API_INT_H
#define CLOUD_FN_API_INT_H

#include "cloud/fn_int.h"

struct fn_call { /* one request */
    struct cloud_request *rq;
    struct fn *fn;
    json_t *in;                 /* the body, an object; NULL: it has none */
    char name[FN_NAME_MAX + 1]; /* of the function in the path */
    char part[128];             /* what else stands in the path: a UUID */
};

/* Answers with an error; returns false. */
bool fn_refuse(struct fn_call *c, int status, const char *type, const char *fmt, ...)
    PRINTF_LIKE(4, 5);
bool fn_refuse_missing(struct fn_call *c, const char *name);
/* Something of ours failed: 500, and a line in the log. */
bool fn_refuse_internal(struct fn_call *c, const struct err *e);
/* Answers with the value; takes the reference. */
bool fn_reply(struct fn_call *c, int status, json_t *value);
struct str fn_query(const struct fn_call *c, const char *name); /* decoded; absent: p == NULL */

/* fn_def.c */
/* A configuration from CreateFunction's input, or `old` changed by an update's. */
json_t *fn_def_make(struct fn_call *c, const json_t *old); /* NULL: it has answered */
/* The code in the input, put into the configuration; *zip in the arena, absent for a
 * local command. */
bool fn_def_code(struct fn_call *c, json_t *def, const json_t *code, struct str *zip);
void fn_def_touch(struct fn_call *c, json_t *def); /* new revision, date */
json_t *fn_def_shown(const json_t *def);           /* without what is ours */
/* Members that are there, not empty, and not in `known` (ends with NULL), are refused. */
bool fn_check_members(struct fn_call *c, const char *const *known);
/* `revision` is the one that is replaced, NULL: there must be none.  Otherwise
 * ERR_RESOURCE_IN_USE. */
MUST_CHECK bool fn_def_save(struct cloud *c, const json_t *def, struct str zip,
                            const char *revision, struct err *e);

bool fn_create_function(struct fn_call *c);
bool fn_get_function(struct fn_call *c);
bool fn_get_configuration(struct fn_call *c);
bool fn_list_functions(struct fn_call *c);
bool fn_update_code(struct fn_call *c);
bool fn_update_configuration(struct fn_call *c);
bool fn_delete_function(struct fn_call *c);
bool fn_invoke_function(struct fn_call *c);
bool fn_create_mapping(struct fn_call *c);
bool fn_get_mapping(struct fn_call *c);
bool fn_list_mappings(struct fn_call *c);
bool fn_update_mapping(struct fn_call *c);
bool fn_delete_mapping(struct fn_call *c);

#endif
