/* op_steps_test.h - for tests: requests and the answers that are wanted, in tables. */
#ifndef OP_OP_STEPS_TEST_H
#define OP_OP_STEPS_TEST_H

#include "base/tap.h"
#include "op/op_fixture_test.h"

struct step {
    const char *op, *body, *want;
};

static inline void run_steps(struct op_fixture *f, const char *what, const struct step *step,
                             size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const char *got = op_fixture_run(f, step[i].op, step[i].body);
        is_str(got, step[i].want, "%s %zu: %s", what, i, step[i].body);
    }
}

/* Key p (S), s (N); local index "loc" on l (S), global index "glo" on g (S), of keys only. */
#define STEPS_TABLE                                                                                \
    "{'TableName':'ttt','BillingMode':'PAY_PER_REQUEST',"                                          \
    "'AttributeDefinitions':[{'AttributeName':'p','AttributeType':'S'},"                           \
    "{'AttributeName':'s','AttributeType':'N'},{'AttributeName':'g','AttributeType':'S'},"         \
    "{'AttributeName':'l','AttributeType':'S'}],"                                                  \
    "'KeySchema':[{'AttributeName':'p','KeyType':'HASH'},{'AttributeName':'s','KeyType':'RANGE'}]" \
    ","                                                                                            \
    "'LocalSecondaryIndexes':[{'IndexName':'loc','KeySchema':[{'AttributeName':'p','KeyType':"     \
    "'HASH'},{'AttributeName':'l','KeyType':'RANGE'}],'Projection':{'ProjectionType':"             \
    "'KEYS_ONLY'}}],"                                                                              \
    "'GlobalSecondaryIndexes':[{'IndexName':'glo','KeySchema':[{'AttributeName':'g','KeyType':"    \
    "'HASH'}],'Projection':{'ProjectionType':'KEYS_ONLY'}}]}"

#endif
