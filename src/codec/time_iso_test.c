/* time_iso_test.c */
#include "base/tap.h"
#include "codec/time_iso.h"

static const struct {
    int64_t ms;
    const char *basic, *extended, *http;
} instants[] = {
    {0, "19700101T000000Z", "1970-01-01T00:00:00.000Z", "Thu, 01 Jan 1970 00:00:00 GMT"},
    {-1, "19691231T235959Z", "1969-12-31T23:59:59.999Z", "Wed, 31 Dec 1969 23:59:59 GMT"},
    {1370771115000, "20130609T094515Z", "2013-06-09T09:45:15.000Z",
     "Sun, 09 Jun 2013 09:45:15 GMT"},
    {1432155070252, "20150520T205110Z", "2015-05-20T20:51:10.252Z",
     "Wed, 20 May 2015 20:51:10 GMT"},
    {951782400000, "20000229T000000Z", "2000-02-29T00:00:00.000Z", "Tue, 29 Feb 2000 00:00:00 GMT"},
    {4107542399000, "21000228T235959Z", "2100-02-28T23:59:59.000Z",
     "Sun, 28 Feb 2100 23:59:59 GMT"},
    {4107542400000, "21000301T000000Z", "2100-03-01T00:00:00.000Z",
     "Mon, 01 Mar 2100 00:00:00 GMT"},
    {253402300799999, "99991231T235959Z", "9999-12-31T23:59:59.999Z",
     "Fri, 31 Dec 9999 23:59:59 GMT"},
    {-62167219200000, "00000101T000000Z", "0000-01-01T00:00:00.000Z",
     "Sat, 01 Jan 0000 00:00:00 GMT"},
};

static const struct {
    const char *s;
    int64_t ms;
} extended[] = {
    {"2026-11-22T10:38:55", 1795343935000},          {"2026-11-22T10:38:55Z", 1795343935000},
    {"2026-11-22T10:38:55.1Z", 1795343935100},       {"2026-11-22T10:38:55.123456", 1795343935123},
    {"2026-11-22T10:38:55.12+01:30", 1795338535120}, {"2026-11-22T10:38:55-10:00", 1795379935000},
};

static const char *const bad_basic[] = {
    "",
    "20130609T094515",
    "20130609 094515Z",
    "20130609T094515Z ",
    " 20130609T094515Z",
    "20131309T094515Z",
    "20130009T094515Z",
    "20130631T094515Z",
    "20130600T094515Z",
    "20130229T094515Z",
    "20130609T244515Z",
    "20130609T096015Z",
    "20130609T094560Z",
    "2013-06-09T09:45:15Z",
    "+0130609T094515Z",
    "2013060xT094515Z",
    "19000229T000000Z",
};
static const char *const bad_extended[] = {
    "",
    "2026-11-22",
    "2026-11-22T10:38",
    "2026-11-22T10:38:55.",
    "2026-11-22T10:38:55.Z",
    "2026-11-22T10:38:55z",
    "2026-11-22T10:38:55+1:30",
    "2026-11-22T10:38:55+24:00",
    "2026-11-22T10:38:55+01:60",
    "2026-11-22T10:38:55+0100",
    "2026-11-22T10:38:55ZZ",
    "2026-02-30T10:38:55Z",
    "2026-11-22 10:38:55",
};
static void test_instants(void)
{
    for (size_t i = 0; i < COUNT_OF(instants); i++) {
        char out[TIME_ISO_MAX];
        int64_t ms = instants[i].ms, whole = ms - ((ms % 1000) + 1000) % 1000, back;
        time_iso_basic(ms, out);
        is_str(out, instants[i].basic, "basic");
        ok(time_iso_basic_parse(str_from_c(out), &back) && back == whole, "back from basic");
        time_http(ms, out);
        is_str(out, instants[i].http, "http");
        time_iso_extended(ms, out);
        is_str(out, instants[i].extended, "extended");
        ok(time_iso_extended_parse(str_from_c(out), &back) && back == ms, "back from extended");
        char label[24];
        time_iso_label(ms, label);
        ok(strncmp(label, out, 23) == 0 && label[23] == '\0', "label");
    }
}

static void test_words(void)
{
    static const struct {
        int64_t ms;
        const char *words;
    } in_words[] = {
        {0, "Thursday, January 1, 1970 at 12:00:00 AM Coordinated Universal Time"},
        {1791501648999, "Thursday, October 8, 2026 at 11:20:48 PM Coordinated Universal Time"},
        {1695816000000, "Wednesday, September 27, 2023 at 12:00:00 PM Coordinated Universal Time"},
        {951874449000, "Wednesday, March 1, 2000 at 1:34:09 AM Coordinated Universal Time"},
        {INT64_MAX, "Friday, December 31, 9999 at 11:59:59 PM Coordinated Universal Time"},
    };
    for (size_t i = 0; i < COUNT_OF(in_words); i++) {
        char out[TIME_WORDS_MAX];
        time_words(in_words[i].ms, out);
        is_str(out, in_words[i].words, "words");
    }
}

int main(void)
{
    int64_t ms = 7;
    char out[TIME_ISO_MAX];
    test_instants();
    test_words();
    for (size_t i = 0; i < COUNT_OF(extended); i++)
        ok(time_iso_extended_parse(str_from_c(extended[i].s), &ms) && ms == extended[i].ms, "%s",
           extended[i].s);
    ms = 7;
    for (size_t i = 0; i < COUNT_OF(bad_basic); i++)
        ok(!time_iso_basic_parse(str_from_c(bad_basic[i]), &ms), "rejected: %s", bad_basic[i]);
    for (size_t i = 0; i < COUNT_OF(bad_extended); i++)
        ok(!time_iso_extended_parse(str_from_c(bad_extended[i]), &ms), "rejected: %s",
           bad_extended[i]);
    ok(ms == 7, "a failure writes nothing");
    bool day_by_day = true;
    for (int64_t day = -719528; day < 2932896; day += 13) {
        time_iso_extended(day * 86400000 + 12345678, out);
        day_by_day = day_by_day && time_iso_extended_parse(str_from_c(out), &ms) &&
                     ms == day * 86400000 + 12345678;
    }
    ok(day_by_day, "all years there and back");
    time_iso_basic(INT64_MAX, out);
    is_str(out, "99991231T235959Z", "the far future");
    time_iso_basic(INT64_MIN, out);
    is_str(out, "00000101T000000Z", "the far past");
    return tap_done();
}
