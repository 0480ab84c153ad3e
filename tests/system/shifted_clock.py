"""A wall clock that a test can move while processes run: a library that is loaded before libc's,
and adds the seconds in a file to CLOCK_REALTIME."""
import os
import pathlib
import struct
import subprocess

SOURCE = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static volatile const int64_t *shift;
static int (*real)(clockid_t, struct timespec *);

__attribute__((constructor)) static void start(void) {
  real = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
  const int fd = open(getenv("SAMKOER_TEST_CLOCK"), O_RDONLY);
  void *map = mmap(0, sizeof *shift, PROT_READ, MAP_SHARED, fd, 0);
  close(fd);
  if (map != MAP_FAILED) shift = map;
}

int clock_gettime(clockid_t id, struct timespec *now) {
  if (!real) real = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
  const int result = real(id, now);
  if (id == CLOCK_REALTIME && shift) now->tv_sec += *shift;
  return result;
}
"""


class ShiftedClock:
    """`environment` is for the processes; `set(seconds)` moves their clock; what uses
    Abseil notices some seconds later."""

    def __init__(self, folder):
        folder = pathlib.Path(folder)
        source, library = folder / "clock.c", folder / "clock.so"
        source.write_text(SOURCE)
        subprocess.run([os.environ.get("CC", "cc"), "-shared", "-fPIC", "-O1", "-o", library, source, "-ldl"], check=True)
        self.file = folder / "clock"
        self.file.write_bytes(struct.pack("=q", 0))
        self.environment = {"LD_PRELOAD": str(library), "SAMKOER_TEST_CLOCK": str(self.file)}

    def set(self, seconds):
        with open(self.file, "r+b") as file:
            file.write(struct.pack("=q", seconds))
