// What a store holds when everything that can be opened is opened: values with
// the key-encryption key, what is sealed inside them with persons' data keys.
#ifndef SAMKOER_TESTS_MATCHER_SEALED_CONTENTS_H_
#define SAMKOER_TESTS_MATCHER_SEALED_CONTENTS_H_

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "storage/engine.h"
#include "storage/feed_table.h"
#include "storage/key_layout.h"
#include "storage/person_table.h"
#include "storage/record_content.h"
#include "storage/segment_table.h"
#include "tests/storage/store_testing.h"

namespace samkoer::matcher {

class SealedContents {
 public:
  SealedContents(const storage::Reader& store,
                 const storage::ValueSealer& sealer) {
    SAMKOER_EXPECT_OK(
        store.Scan("", "", [&](std::string_view key, std::string_view value) {
          keys_.emplace_back(key);
          const bool plain = value.empty() || key == storage::MetaKey("store");
          std::string text = plain ? std::string(value)
                                   : storage::ValueOf(sealer.Open(key, value));
          Take(key, text);
          values_.emplace_back(std::string(key), std::move(text));
          return true;
        }));
    for (std::uint16_t number = 1;; ++number) {
      const std::string key = storage::DictionaryKey(number);
      const auto found =
          std::find_if(values_.begin(), values_.end(),
                       [&](const auto& value) { return value.first == key; });
      if (found == values_.end()) break;
      dictionaries_[number] = std::make_unique<storage::Dictionary>(
          number, storage::ValueOf(storage::DecodeDictionary(found->second)));
    }
  }

  const std::vector<storage::StoredPerson>& persons() const { return persons_; }

  // How many sealed records and feed entries there are.
  std::size_t sealed() const { return records_.size() + entries_.size(); }
  // How many of them the key opens.
  std::size_t OpenedBy(const crypto::SealKey& data_key) const {
    return OpenedTexts(data_key).size();
  }
  std::vector<std::string> OpenedTexts(const crypto::SealKey& data_key) const {
    std::vector<std::string> texts;
    for (const Sealed& sealed : records_) {
      auto text = storage::OpenRecordContent(data_key, sealed.fingerprint,
                                             sealed.bytes);
      if (text.ok()) texts.push_back(*std::move(text));
    }
    for (const Sealed& sealed : entries_) {
      auto text =
          storage::OpenFeedAlert(data_key, sealed.sequence, sealed.bytes);
      if (!text.ok()) continue;
      const auto dictionary = storage::DictionaryOfAlert(*text);
      texts.push_back(storage::ValueOf(storage::UnpackAlert(
          *text,
          dictionary == 0 ? nullptr : dictionaries_.at(dictionary).get())));
    }
    return texts;
  }

  // Whether a key, a value or anything sealed inside one with the key of any
  // person who is stored holds the text. `but_not` is a table left out.
  bool Holds(std::string_view text, storage::Table but_not) const {
    const auto has = [&](const std::string& in) {
      return in.find(text) != std::string::npos;
    };
    for (const std::string& key : keys_) {
      if (has(key)) return true;
    }
    for (const auto& [key, value] : values_) {
      if (storage::TableOf(key) != but_not && has(value)) return true;
    }
    for (const storage::StoredPerson& person : persons_) {
      for (const std::string& opened : OpenedTexts(person.data_key)) {
        if (has(opened)) return true;
      }
    }
    return false;
  }

 private:
  struct Sealed {
    crypto::Hash16 fingerprint{};
    std::uint64_t sequence = 0;
    std::string bytes;
  };

  void Take(std::string_view key, const std::string& text) {
    const auto table = storage::TableOf(key);
    if (table == storage::Table::kPersonBlock) {
      const auto persons = storage::ValueOf(storage::DecodePersonBlock(
          crypto::SecretBuffer(crypto::AsBytes(text))));
      persons_.insert(persons_.end(), persons.begin(), persons.end());
    } else if (table == storage::Table::kSegment) {
      std::vector<storage::SegmentEntry> entries;
      SAMKOER_EXPECT_OK(storage::DecodeSegment(text, entries));
      for (const auto& entry : entries) {
        records_.push_back(
            {entry.fingerprint, 0, std::string(entry.sealed_content)});
      }
    } else if (table == storage::Table::kFeed) {
      const auto page = storage::ValueOf(storage::DecodeFeedPage(text));
      std::uint64_t sequence = *storage::ParseNumberKey(*table, key);
      for (const auto& entry : page.entries) {
        if (!entry.sealed_alert.empty()) {
          entries_.push_back({{}, sequence, std::string(entry.sealed_alert)});
        }
        ++sequence;
      }
    }
  }

  std::vector<std::string> keys_;
  std::vector<std::pair<std::string, std::string>> values_;
  std::vector<storage::StoredPerson> persons_;
  std::vector<Sealed> records_, entries_;
  std::map<std::uint16_t, std::unique_ptr<storage::Dictionary>> dictionaries_;
};

}  // namespace samkoer::matcher

#endif  // SAMKOER_TESTS_MATCHER_SEALED_CONTENTS_H_
