/* fuzz_physics.c - bytes as a file of rules, and as a rule in a header: what is read can
 * be matched. */
#include <stdlib.h>

#include "server/physics_rules.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void match(struct physics_rules *r)
{
    struct physics_plan plan = {0};
    struct req rq = {.op = op_find(STR("DeleteItem"))};
    if (!op_decode(&rq, STR("{\"TableName\":\"things\",\"Key\":{}}")))
        abort();
    for (int i = 0; i < 3; i++)
        physics_rules_apply(r, &rq, &plan);
    if (plan.op.unprocessed < 0 || plan.op.unprocessed > 1 || plan.latency_ms < 0)
        abort();
    arena_free(&rq.mem);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str text = {(const char *)data, size};
    struct physics_rules r;
    struct arena mem = {0};
    struct err e = {0};
    if (physics_rules_parse(text, &r, &e)) {
        match(&r);
        physics_rules_free(&r);
    }
    err_clear(&e);
    if (physics_header_parse(&mem, text, &r, &e))
        match(&r);
    arena_free(&mem);
    return 0;
}
