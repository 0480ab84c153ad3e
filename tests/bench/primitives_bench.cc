// The primitives that bound the others, measured in the same run: libsodium's
// group operations, SHA-256, and one fsync. Prints "name value unit" lines.
//
//   primitives_bench DIRECTORY    (fsync is measured on a file there)

#include <fcntl.h>
#include <openssl/sha.h>
#include <sodium.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <string>
#include <thread>
#include <vector>

#include "crypto/oprf.h"

namespace samkoer::bench {
namespace {

using Clock = std::chrono::steady_clock;

// Microseconds an operation when `threads` threads do it at once: the median of
// seven runs of about 50 ms.
template <typename Operation>
double MicrosecondsEach(unsigned threads, Operation operation) {
  std::vector<double> runs;
  for (int run = 0; run < 7; ++run) {
    std::vector<std::thread> workers;
    std::vector<double> each(threads);
    for (unsigned t = 0; t < threads; ++t) {
      workers.emplace_back([&, t] {
        const auto start = Clock::now();
        std::size_t count = 0;
        double elapsed = 0;
        while (elapsed < 0.05) {
          for (int i = 0; i < 16; ++i) operation();
          count += 16;
          elapsed = std::chrono::duration<double>(Clock::now() - start).count();
        }
        each[t] = elapsed / count * 1e6;
      });
    }
    for (auto& worker : workers) worker.join();
    double sum = 0;
    for (double value : each) sum += value;
    runs.push_back(sum / threads);
  }
  std::sort(runs.begin(), runs.end());
  return runs[runs.size() / 2];
}

double FsyncMicroseconds(const std::string& directory) {
  const std::string path = directory + "/fsync";
  const int file = open(path.c_str(), O_CREAT | O_WRONLY | O_APPEND, 0600);
  std::vector<double> runs;
  const std::string block(4096, 'x');
  for (int i = 0; i < 300; ++i) {
    const auto start = Clock::now();
    if (write(file, block.data(), block.size()) < 0 || fdatasync(file) != 0) {
      return -1;
    }
    runs.push_back(std::chrono::duration<double>(Clock::now() - start).count() *
                   1e6);
  }
  close(file);
  unlink(path.c_str());
  std::sort(runs.begin(), runs.end());
  std::printf("fsync_p99 %.1f us\n", runs[runs.size() * 99 / 100]);
  return runs[runs.size() / 2];
}

int Run(const std::string& directory) {
  const unsigned threads = std::max(1u, std::thread::hardware_concurrency());
  unsigned char seed[64], point[32], other[32], scalar[32];
  randombytes_buf(seed, sizeof seed);
  crypto_core_ristretto255_from_hash(point, seed);
  randombytes_buf(seed, sizeof seed);
  crypto_core_ristretto255_from_hash(other, seed);
  crypto_core_ristretto255_scalar_random(scalar);
  const double hash = MicrosecondsEach(threads, [&] {
    unsigned char out[32];
    crypto_core_ristretto255_from_hash(out, seed);
  });
  const double multiply = MicrosecondsEach(threads, [&] {
    unsigned char out[32];
    if (crypto_scalarmult_ristretto255(out, scalar, point) != 0) std::abort();
  });
  const double add = MicrosecondsEach(threads, [&] {
    unsigned char out[32];
    if (crypto_core_ristretto255_add(out, point, other) != 0) std::abort();
  });
  std::printf("threads %u -\n", threads);
  std::printf("hash_to_group %.2f us\n", hash);
  std::printf("scalar_multiplication %.2f us\n", multiply);
  std::printf("addition %.2f us\n", add);
  const double agent = hash + 4 * multiply + 2 * add;
  const double key_service = 2 * multiply + add;
  std::printf("pseudonym_limit %.0f records/s\n",
              threads * 1e6 / (agent + key_service));
  const std::string megabyte(1 << 20, 'x');
  const double sha = MicrosecondsEach(1, [&] {
    unsigned char out[32];
    SHA256(reinterpret_cast<const unsigned char*>(megabyte.data()),
           megabyte.size(), out);
  });
  std::printf("sha256 %.1f MB/s\n", megabyte.size() / sha);
  std::printf("fsync_median %.1f us\n", FsyncMicroseconds(directory));
  return 0;
}

}  // namespace
}  // namespace samkoer::bench

int main(int argc, char** argv) {
  if (argc != 2 || sodium_init() < 0) {
    std::fprintf(stderr, "usage: primitives_bench DIRECTORY\n");
    return 64;
  }
  return samkoer::bench::Run(argv[1]);
}
