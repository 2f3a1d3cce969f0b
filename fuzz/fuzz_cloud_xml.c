/* fuzz_cloud_xml.c - XML, and rules in it; elements open and close in order. */
#include <stdlib.h>

#include "cloud/guard_rules.h"
#include "codec/xml.h"

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t n);

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t n)
{
    struct arena mem = {0};
    struct xml x;
    struct buf text = {.mem = &mem};
    struct sg_rule_list *list = calloc(1, sizeof(*list));
    int depth = 0;
    struct str in = {(const char *)data, n};
    xml_init(&x, &mem, in);
    for (enum xml_token t; (t = xml_next(&x)) != XML_DONE && t != XML_ERROR;) {
        depth += t == XML_OPEN ? 1 : t == XML_CLOSE ? -1 : 0;
        assert(depth >= 0 && depth <= XML_DEPTH_MAX);
        if (t == XML_TEXT) {
            text.n = 0;
            xml_escape(&text, x.text);
        }
    }
    assert(x.failed || depth == 0);
    (void)!guard_rules_parse(&mem, in, list);
    free(list);
    arena_free(&mem);
    return 0;
}
