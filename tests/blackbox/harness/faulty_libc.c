// Stands before the C library of the switch (LD_PRELOAD) and lets disk and clock go wrong as the page says
// that $FAULTY_LIBC names. faulty_libc.py writes the page, while the switch runs; the counts are ours.
// Calls go on to the kernel: to look up the library's own function here would allocate, and sanitizers read
// the clock while they allocate.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static struct {
  _Atomic int64_t sync_delay_ms;   // how long a sync takes, beside what it takes
  _Atomic int64_t syncs_to_fail;   // so many syncs of the database's log are to answer EIO
  _Atomic int64_t clock_ahead_ms;  // by how much the wall clock is wrong
  _Atomic int64_t syncs_delayed;
  _Atomic int64_t syncs_failed;
} *page;

__attribute__((constructor)) static void open_page(void) {
  const int file = open(getenv("FAULTY_LIBC"), O_RDWR | O_CLOEXEC);
  page = mmap(NULL, sizeof *page, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  if (file < 0 || page == MAP_FAILED) abort();
  close(file);
}

static int is_log(int file) {
  char link[64], path[4096];
  snprintf(link, sizeof link, "/proc/self/fd/%d", file);
  const ssize_t length = readlink(link, path, sizeof path - 1);
  if (length < 0) return 0;
  path[length] = 0;
  const char *const end = strstr(path, "payweir.db-wal");
  return end != NULL && strcmp(end, "payweir.db-wal") == 0;
}

static int sync_as_told(int file, long call) {
  const int64_t delay_ms = page->sync_delay_ms;
  if (delay_ms > 0) {
    page->syncs_delayed++;
    const struct timespec delay = {delay_ms / 1000, delay_ms % 1000 * 1000000};
    nanosleep(&delay, NULL);
  }
  int64_t left = page->syncs_to_fail;
  while (left > 0 && is_log(file)) {
    if (!atomic_compare_exchange_weak(&page->syncs_to_fail, &left, left - 1)) continue;
    page->syncs_failed++;
    errno = EIO;
    return -1;
  }
  return (int)syscall(call, file);
}

int fsync(int file) { return sync_as_told(file, SYS_fsync); }
int fdatasync(int file) { return sync_as_told(file, SYS_fdatasync); }

int clock_gettime(clockid_t clock, struct timespec *now) {
  const int result = (int)syscall(SYS_clock_gettime, clock, now);
  if (result != 0 || clock != CLOCK_REALTIME || page == NULL) return result;
  const int64_t ahead_ms = page->clock_ahead_ms;
  now->tv_sec += ahead_ms / 1000;
  now->tv_nsec += ahead_ms % 1000 * 1000000;
  if (now->tv_nsec >= 1000000000) {
    now->tv_sec += 1;
    now->tv_nsec -= 1000000000;
  }
  return 0;
}
