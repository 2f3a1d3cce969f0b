/* xml.h - the little of XML that AWS's older services speak: elements and text.
 *
 * Writing escapes what has to be; text must be valid UTF-8, and characters that XML
 * cannot carry become '?'.
 *
 * Reading is by pulling, without a tree.  Declarations and comments are skipped,
 * attributes are passed over, document types are refused.  Names and text borrow
 * from the input or live in the arena.  Errors are sticky. */
#ifndef CODEC_XML_H
#define CODEC_XML_H

#include "base/arena.h"
#include "base/buf.h"

void xml_open(struct buf *to, const char *name);
void xml_close(struct buf *to, const char *name);
void xml_text(struct buf *to, const char *name, struct str text); /* <name>text</name> */
void xml_escape(struct buf *to, struct str text);

enum { XML_DEPTH_MAX = 32 };
enum xml_token {
    XML_ERROR,
    XML_DONE,  /* the document has ended as it should */
    XML_OPEN,  /* x->name */
    XML_CLOSE, /* x->name */
    XML_TEXT,  /* x->text, not only white space */
};
struct xml {
    struct str left;
    struct arena *mem;
    struct str name, text;
    struct str open[XML_DEPTH_MAX];
    int depth;
    bool failed, empty_element, seen_root;
};
void xml_init(struct xml *x, struct arena *mem, struct str in);
enum xml_token xml_next(struct xml *x);

#endif
