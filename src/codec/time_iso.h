/* time_iso.h - the spellings of a UTC instant that AWS uses, and ours to parse.  Instants are ms
 * since 1970. */
#ifndef CODEC_TIME_ISO_H
#define CODEC_TIME_ISO_H

#include "base/str.h"

enum { TIME_ISO_MAX = 32, TIME_WORDS_MAX = 80 };

/* Written are the years 0000 to 9999; an instant outside is moved to the nearest
 * end.  Parsers are strict about digits and ranges and take nothing around them;
 * *ms is written only on success. */
void time_iso_basic(int64_t ms, char out[17]);    /* 20130609T094515Z */
void time_iso_extended(int64_t ms, char out[25]); /* 2015-05-20T20:51:10.252Z */
void time_iso_label(int64_t ms, char out[24]);    /* 2015-05-20T20:51:10.252: stream labels */
void time_http(int64_t ms, char out[30]);         /* Sun, 22 Nov 2026 10:38:55 GMT */
/* Sunday, November 22, 2026 at 10:38:55 AM Coordinated Universal Time */
void time_words(int64_t ms, char out[TIME_WORDS_MAX]);
bool time_iso_basic_parse(struct str s, int64_t *ms);
/* 2026-11-22T10:38:55[.fraction](Z | +hh:mm | -hh:mm | nothing = UTC) */
bool time_iso_extended_parse(struct str s, int64_t *ms);

#endif
