/* rocks_open.c - RocksDB's settings, opening and closing.
 *
 * Safety first:
 *   - Logs are not recycled: RocksDB 7.8 ignores the wish in every recovery mode
 *     that stops at damage, because old records behind the end of a recycled log
 *     look like damage.
 *   - Recovery runs in the mode that tolerates a cut-off last record and refuses
 *     anything else.  If it refuses, rocks_wal.c decides: a record that was being
 *     written when the power went (nobody got an answer for it) is dropped by
 *     recovering to that point; damage before acknowledged commits is an error.
 *   - RocksDB's own log file stays silent: RocksDB aborts when it cannot write a
 *     line there twice, which is what happens on a full disk.  Every failure comes
 *     back to us as text and is logged by us.  Some lines at opening cannot be
 *     silenced, so the disk is probed first.
 * Size second: an idle store must stay below a few megabytes, so nothing is
 * allocated ahead; RocksDB gets memory block by block. */
#include <stdlib.h>
#include <unistd.h>

#include "base/log.h"
#include "store/rocks_int.h"

enum {
    BLOCK_BYTES = 16 * 1024, /* -25 % CPU on queries of 20 items against 4 KiB */
    TABLE_FORMAT = 5,
    WAL_TOLERATE_CUT_TAIL = 0,
    WAL_POINT_IN_TIME = 2,
    NO_COMPRESSION = rocksdb_no_compression,
    LZ4 = rocksdb_lz4_compression,
    LOG_FATAL_LEVEL = 4,
    /* An overwritten item's older versions in a memtable: step over so many, then seek.  With
     * the usual 8 a query of 20 items with 50 versions costs a third more, with 5 a quarter less,
     * with one the same: better where it is dear. */
    OLD_VERSIONS_STEPPED = 2,
    DATA_BLOCK_BINARY_AND_HASH = 1,
};

static size_t machine_memory(void)
{
    long pages = sysconf(_SC_PHYS_PAGES), size = sysconf(_SC_PAGESIZE);
    return pages > 0 && size > 0 ? (size_t)pages * (size_t)size : (size_t)1 << 30;
}

static void table_settings(struct rocks *r, size_t cache_bytes)
{
    r->cache = rocksdb_cache_create_lru(cache_bytes);
    rocksdb_block_based_table_options_t *t = r->table_options =
        rocksdb_block_based_options_create();
    rocksdb_block_based_options_set_block_cache(t, r->cache);
    rocksdb_block_based_options_set_block_size(t, BLOCK_BYTES);
    rocksdb_block_based_options_set_format_version(t, TABLE_FORMAT);
    rocksdb_block_based_options_set_data_block_index_type(t, DATA_BLOCK_BINARY_AND_HASH);
    rocksdb_block_based_options_set_data_block_hash_ratio(t, 0.75);
    rocksdb_block_based_options_set_filter_policy(t,
                                                  rocksdb_filterpolicy_create_ribbon_hybrid(10, 1));
    rocksdb_block_based_options_set_whole_key_filtering(t, 1);
    rocksdb_block_based_options_set_cache_index_and_filter_blocks(t, 1);
    rocksdb_block_based_options_set_cache_index_and_filter_blocks_with_high_priority(t, 1);
    rocksdb_block_based_options_set_pin_l0_filter_and_index_blocks_in_cache(t, 1);
    rocksdb_options_set_block_based_table_factory(r->options, t);
}

static void write_settings(struct rocks *r)
{
    rocksdb_options_t *o = r->options;
    rocksdb_options_set_write_buffer_size(o, r->memtable_bytes);
    rocksdb_options_set_max_write_buffer_number(o, 4);
    rocksdb_options_set_arena_block_size(o, 256 * 1024);
    rocksdb_options_set_memtable_prefix_bloom_size_ratio(o, 0.01);
    rocksdb_options_set_memtable_whole_key_filtering(o, 1);
    rocksdb_options_set_max_total_wal_size(o, 512 << 20);
    rocksdb_options_set_max_sequential_skip_in_iterations(o, OLD_VERSIONS_STEPPED);
    rocksdb_options_set_bytes_per_sync(o, 1 << 20);
    rocksdb_options_set_level_compaction_dynamic_level_bytes(o, 1);
    rocksdb_options_set_max_bytes_for_level_base(o, 256 << 20);
    static const int levels[] = {NO_COMPRESSION, NO_COMPRESSION, LZ4, LZ4, LZ4, LZ4, LZ4};
    int compression[COUNT_OF(levels)];
    memcpy(compression, levels, sizeof(levels));
    rocksdb_options_set_compression_per_level(o, compression, COUNT_OF(levels));
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    rocksdb_options_set_max_background_jobs(o, cores > 8 ? (int)(cores / 4) : 2);
}

/* The memtable looks for a key's place first beside the last one of the same kind: the first
 * byte of our keys.  There is no C function for this setting; without it all is well, but slower.
 */
static rocksdb_options_t *new_options(void)
{
    rocksdb_options_t *usual = rocksdb_options_create(), *o = rocksdb_options_create();
    char *text = NULL;
    rocksdb_get_options_from_string(
        usual, "memtable_insert_with_hint_prefix_extractor=rocksdb.FixedPrefix.1", o, &text);
    rocksdb_options_destroy(usual);
    if (text != NULL) {
        log_warn("store: %s", text);
        rocksdb_free(text);
    }
    return o;
}

void rocks_settings(struct rocks *r, const struct store_rocks_options *so)
{
    r->sync = so->sync;
    r->memtable_bytes = so->memtable_bytes != 0 ? so->memtable_bytes : ROCKS_MEMTABLE_BYTES;
    rocksdb_options_t *o = r->options = new_options();
    if (r->env != NULL)
        rocksdb_options_set_env(o, r->env);
    rocksdb_options_set_paranoid_checks(o, 1);
    rocksdb_options_set_max_open_files(o, -1);
    rocksdb_options_set_skip_stats_update_on_db_open(o, 1);
    rocksdb_options_set_stats_dump_period_sec(o, 0);
    rocksdb_options_set_stats_persist_period_sec(o, 0);
    rocksdb_options_set_info_log_level(o, LOG_FATAL_LEVEL);
    rocksdb_options_set_max_log_file_size(o, 4 << 20);
    rocksdb_options_set_keep_log_file_num(o, 2);
    rocksdb_options_set_recycle_log_file_num(o, 0);
    write_settings(r);
    table_settings(r, so->cache_bytes != 0 ? so->cache_bytes : machine_memory() / 3);

    r->read_any = rocksdb_readoptions_create();
    r->read_cached = rocksdb_readoptions_create();
    rocksdb_readoptions_set_read_tier(r->read_cached, 1);
    r->write = rocksdb_writeoptions_create();
    if (r->dir == NULL)
        rocksdb_writeoptions_disable_WAL(r->write, 1);
    else
        rocksdb_writeoptions_set_sync(r->write, r->sync);
}

static char *open_in_mode(struct rocks *r, int mode)
{
    char *text = NULL;
    rocksdb_options_set_wal_recovery_mode(r->options, mode);
    r->db = rocksdb_open(r->options, r->path, &text);
    return text;
}

bool rocks_db_open(struct rocks *r, struct err *e)
{
    bool is_new = true;
    if (r->dir != NULL && (!rocks_dir_is_new(r, &is_new, e) || !rocks_dir_probe(r, e)))
        return false;
    rocksdb_options_set_create_if_missing(r->options, is_new);
    char *text = open_in_mode(r, WAL_TOLERATE_CUT_TAIL);
    if (text != NULL && r->dir != NULL && strncmp(text, "Corruption", 10) == 0) {
        struct err damage = {0};
        if (!rocks_dir_unsynced(r) && !rocks_wal_check(r->path, &damage)) {
            rocksdb_free(text);
            return err_set(e, ERR_IO, "data directory '%s' is damaged: %s", r->dir, damage.msg);
        }
        log_warn("store: an unfinished commit at the end of the log is dropped (%s)", text);
        rocksdb_free(text);
        text = open_in_mode(r, WAL_POINT_IN_TIME);
    }
    if (text == NULL)
        return r->dir == NULL || rocks_dir_mark_unsynced(r, !r->sync, e);
    const char *what = strncmp(text, "Corruption", 10) == 0 ? "is damaged" : "cannot be opened";
    err_set(e, ERR_IO, "data directory '%s' %s: %s", r->dir != NULL ? r->dir : "(memory)", what,
            text);
    rocksdb_free(text);
    return false;
}

void rocks_db_close(struct rocks *r)
{
    assert(atomic_load(&r->users) == 0);
    if (r->db != NULL)
        rocksdb_close(r->db);
    if (r->options != NULL) {
        rocksdb_options_destroy(r->options);
        rocksdb_block_based_options_destroy(r->table_options);
        rocksdb_cache_destroy(r->cache);
        rocksdb_readoptions_destroy(r->read_any);
        rocksdb_readoptions_destroy(r->read_cached);
        rocksdb_writeoptions_destroy(r->write);
    }
    if (r->env != NULL)
        rocksdb_env_destroy(r->env);
    if (r->lock_fd >= 0)
        close(r->lock_fd);
    overlay_free(&r->changes);
    overlay_free(&r->undo);
    lock_deinit(&r->heal_lock);
    free(r->dir);
    free(r->path);
    free(r);
}
