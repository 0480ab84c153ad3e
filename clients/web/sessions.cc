#include "clients/web/sessions.h"

#include <sodium.h>

#include <array>
#include <cstdint>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "clients/common/cat.h"

namespace samkoer::clients {
namespace {

constexpr std::string_view kDumpTitle = "samkoer-web sessions 1\n";

std::string HashOf(std::string_view name) {
  std::array<unsigned char, crypto_generichash_BYTES> hash;
  crypto_generichash(hash.data(), hash.size(),
                     reinterpret_cast<const unsigned char*>(name.data()),
                     name.size(), nullptr, 0);
  return {reinterpret_cast<const char*>(hash.data()), hash.size()};
}

}  // namespace

std::string RandomName() {
  std::array<char, 32> bytes;
  randombytes_buf(bytes.data(), bytes.size());
  std::string name;
  absl::WebSafeBase64Escape(absl::string_view(bytes.data(), bytes.size()),
                            &name);
  return name;
}

bool EqualSecrets(std::string_view a, std::string_view b) {
  return a.size() == b.size() &&
         sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

bool Sessions::Ended(const Session& session, absl::Time now) const {
  return now - session.used >= limits_.idle ||
         now - session.begun >= limits_.longest;
}

void Sessions::Sweep(absl::Time now) {
  for (auto it = sessions_.begin(); it != sessions_.end();) {
    it = Ended(it->second, now) ? sessions_.erase(it) : std::next(it);
  }
}

absl::StatusOr<std::string> Sessions::Begin(std::string_view person,
                                            absl::Time now) {
  const absl::MutexLock lock(&mutex_);
  Sweep(now);
  std::size_t own = 0;
  auto oldest = sessions_.end();
  for (auto it = sessions_.begin(); it != sessions_.end(); ++it) {
    if (it->second.person != person) continue;
    ++own;
    if (oldest == sessions_.end() || it->second.used < oldest->second.used) {
      oldest = it;
    }
  }
  if (own >= limits_.of_person) sessions_.erase(oldest);
  if (sessions_.size() >= limits_.all) {
    return absl::ResourceExhaustedError("too many sessions at once");
  }
  std::string name = RandomName();
  sessions_[HashOf(name)] = {std::string(person), RandomName(), now, now};
  return name;
}

std::optional<Session> Sessions::Find(std::string_view name,
                                      std::string_view person, bool acts,
                                      absl::Time now) {
  const absl::MutexLock lock(&mutex_);
  const auto found = sessions_.find(HashOf(name));
  if (found == sessions_.end() || found->second.person != person) {
    return std::nullopt;
  }
  if (Ended(found->second, now)) {
    sessions_.erase(found);
    return std::nullopt;
  }
  if (acts) found->second.used = now;
  return found->second;
}

void Sessions::End(std::string_view name) {
  const absl::MutexLock lock(&mutex_);
  sessions_.erase(HashOf(name));
}

std::string Sessions::Dump() const {
  const absl::MutexLock lock(&mutex_);
  std::string out(kDumpTitle);
  for (const auto& [hash, held] : sessions_) {
    out += Cat(absl::BytesToHexString(hash), " ", held.person, " ", held.csrf,
               " ", absl::ToUnixSeconds(held.begun), " ",
               absl::ToUnixSeconds(held.used), "\n");
  }
  return out;
}

absl::Status Sessions::Restore(std::string_view text, absl::Time now) {
  const absl::Status bad =
      absl::InvalidArgumentError("this is no list of sessions");
  if (!text.starts_with(kDumpTitle)) return bad;
  text.remove_prefix(kDumpTitle.size());
  std::map<std::string, Session, std::less<>> found;
  for (const absl::string_view line :
       absl::StrSplit(absl::string_view(text.data(), text.size()), '\n',
                      absl::SkipEmpty())) {
    const std::vector<std::string> words = absl::StrSplit(line, ' ');
    std::int64_t begun = 0, used = 0;
    if (words.size() != 5 || words[0].size() != 2 * crypto_generichash_BYTES ||
        words[0].find_first_not_of("0123456789abcdef") != std::string::npos ||
        !absl::SimpleAtoi(words[3], &begun) ||
        !absl::SimpleAtoi(words[4], &used)) {
      return bad;
    }
    found[absl::HexStringToBytes(words[0])] = {words[1], words[2],
                                               absl::FromUnixSeconds(begun),
                                               absl::FromUnixSeconds(used)};
  }
  const absl::MutexLock lock(&mutex_);
  sessions_.merge(found);
  Sweep(now);
  return absl::OkStatus();
}

std::size_t Sessions::size() const {
  const absl::MutexLock lock(&mutex_);
  return sessions_.size();
}

}  // namespace samkoer::clients
