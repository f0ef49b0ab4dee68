/* A disk whose every sync takes SYNC_MS longer: loaded with LD_PRELOAD before the C library. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <time.h>

static int later(const char *name, int file) {
  struct timespec pause = {0, SYNC_MS * 1000000L};
  nanosleep(&pause, 0);
  return ((int (*)(int))dlsym(RTLD_NEXT, name))(file);
}

int fsync(int file) { return later("fsync", file); }
int fdatasync(int file) { return later("fdatasync", file); }
