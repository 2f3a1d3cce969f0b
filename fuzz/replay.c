/* replay.c - runs a fuzz target over the files of its kept corpus, without libFuzzer. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int replay(const char *path)
{
    FILE *f = fopen(path, "rb");
    if (f == NULL)
        return 0;
    size_t cap = 1 << 20;
    uint8_t *bytes = malloc(cap);
    if (bytes == NULL)
        abort();
    size_t n = fread(bytes, 1, cap, f);
    fclose(f);
    /* An exact copy, so that a read past the end is seen by the sanitizer. */
    uint8_t *exact = malloc(n > 0 ? n : 1);
    if (exact == NULL)
        abort();
    for (size_t i = 0; i < n; i++)
        exact[i] = bytes[i];
    free(bytes);
    LLVMFuzzerTestOneInput(exact, n);
    free(exact);
    return 1;
}

int main(int argc, char **argv)
{
    int count = 0;
    for (int i = 1; i < argc; i++) {
        DIR *dir = opendir(argv[i]);
        if (dir == NULL) {
            fprintf(stderr, "%s: cannot be opened\n", argv[i]);
            return 1;
        }
        for (struct dirent *d; (d = readdir(dir)) != NULL;) {
            char path[4096];
            if (d->d_name[0] == '.')
                continue;
            snprintf(path, sizeof(path), "%s/%s", argv[i], d->d_name);
            count += replay(path);
        }
        closedir(dir);
    }
    printf("%d inputs replayed\n", count);
    return count > 0 ? 0 : 1;
}
