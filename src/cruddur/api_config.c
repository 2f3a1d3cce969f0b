/* api_config.c - is the application there, and where are its people signed in? */
#include "cruddur/api.h"

void api_health_check(struct ask *a)
{
    json_out_raw(&a->out, STR("{\"success\":true,\"ver\":1}"));
}

void api_config(struct ask *a)
{
    const struct settings *set = &a->app->set;
    json_out_open(&a->out, '{');
    ask_member_c(a, "client_id", set->client_id);
    ask_member_c(a, "endpoint", set->pool_public_endpoint);
    ask_member_c(a, "region", set->region);
    ask_member_c(a, "user_pool_id", set->pool_id);
    json_out_close(&a->out, '}');
}
