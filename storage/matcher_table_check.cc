#include "storage/matcher_table_check.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "crypto/keyed_hash.h"
#include "samkoer/v1/alerts.pb.h"
#include "storage/alert_table.h"
#include "storage/conference_table.h"
#include "storage/department_registry.h"
#include "storage/dictionary.h"
#include "storage/epoch_table.h"
#include "storage/feed_table.h"
#include "storage/inquiry_table.h"
#include "storage/matcher_state.h"
#include "storage/month_check.h"
#include "storage/notice_table.h"
#include "storage/objection_table.h"
#include "storage/person_table.h"
#include "storage/policy_table.h"
#include "storage/push_table.h"
#include "storage/record_content.h"
#include "storage/segment_table.h"
#include "storage/staged_batch.h"
#include "storage/table_check.h"

namespace samkoer::storage {
namespace {

class MatcherCheck {
 public:
  MatcherCheck(const CheckedStore& store, Findings& findings)
      : store_(store), findings_(findings) {}

  absl::Status Run() {
    ReadState();
    for (const auto step :
         {&MatcherCheck::Departments, &MatcherCheck::Persons,
          &MatcherCheck::Records, &MatcherCheck::Alerts, &MatcherCheck::Feed,
          &MatcherCheck::Pushes, &MatcherCheck::Staged, &MatcherCheck::Notices,
          &MatcherCheck::Objections, &MatcherCheck::Policies,
          &MatcherCheck::Conferences, &MatcherCheck::Inquiries}) {
      if (absl::Status s = (this->*step)(); !s.ok()) return s;
      if (store_.progress && !store_.progress(rows_, 0)) {
        return absl::CancelledError("the check was ended");
      }
    }
    Epochs();
    Leftovers();
    findings_.Hold("records", held_records_);
    findings_.Hold("persons",
                   std::count_if(persons_.begin(), persons_.end(),
                                 [](const Person& p) { return p.live; }));
    findings_.Hold("alerts", alerts_.size());
    return absl::OkStatus();
  }

 private:
  struct Person {
    crypto::SealKey data_key;
    bool live = false;
    bool held = false;  // a record or an alert
    bool alert = false;
  };
  struct AlertPlace {
    std::uint64_t number = 0;
    std::uint32_t person = 0;
    std::uint64_t sequence = 0;
    std::vector<std::uint16_t> departments;
    bool found = false;
  };

  void Add(std::string place, std::string problem) {
    findings_.Add(std::move(place), std::move(problem));
  }

  // Rows whose key is a number.
  absl::Status Each(
      Table table,
      const std::function<void(std::uint64_t, std::string_view)>& visit) {
    return ForEachRow(store_, table,
                      [&](std::string_view key, std::string_view plaintext) {
                        ++rows_;
                        const auto number = ParseNumberKey(table, key);
                        if (number) visit(*number, plaintext);
                      });
  }

  void ReadState() {
    const auto bytes = ValueAt(store_, MetaKey(kMatcherStateWord));
    if (absl::IsNotFound(bytes.status())) return;  // of a new store
    const auto state = bytes.ok()
                           ? DecodeMatcherState(*bytes)
                           : absl::StatusOr<MatcherState>(bytes.status());
    if (state.ok()) {
      state_ = *state;
    } else {
      Add("state of the matcher", "is malformed");
    }
  }

  absl::Status Departments() {
    auto loaded = DepartmentRegistry::Load(store_.reader, store_.sealer);
    if (loaded.ok()) {
      departments_ = *std::move(loaded);
    } else {
      Add("departments", std::string(loaded.status().message()));
    }
    return absl::OkStatus();
  }

  absl::Status Persons() {
    std::vector<crypto::Hash16> keys, previous;
    const absl::Status scanned =
        Each(Table::kPersonBlock,
             [&](std::uint64_t block, std::string_view plaintext) {
               const auto persons = DecodePersonBlock(
                   crypto::SecretBuffer(crypto::AsBytes(plaintext)));
               if (!persons.ok()) {
                 return Add(Numbered("person block", block), "is malformed");
               }
               for (const StoredPerson& person : *persons) {
                 const std::uint64_t number =
                     block * kPersonBlockSlots + person.slot;
                 if (number >= kMostPersons) {
                   Add(Numbered("person", number), "has no such number");
                   continue;
                 }
                 if (persons_.size() <= number) persons_.resize(number + 1);
                 persons_[number].live = true;
                 persons_[number].data_key = person.data_key;
                 keys.push_back(person.person_key);
                 if (person.previous_key)
                   previous.push_back(*person.previous_key);
               }
             });
    for (auto* each : {&keys, &previous}) {
      std::sort(each->begin(), each->end());
      if (std::adjacent_find(each->begin(), each->end()) != each->end()) {
        Add("persons", "two of them have one person key");
      }
    }
    return scanned;
  }

  bool Lives(std::uint64_t person) const {
    return person < persons_.size() && persons_[person].live;
  }

  absl::Status Records() {
    std::vector<std::uint64_t> cases;
    std::vector<SegmentEntry> entries;
    const absl::Status scanned = Each(
        Table::kSegment, [&](std::uint64_t segment, std::string_view plain) {
          if (!DecodeSegment(plain, entries).ok()) {
            return Add(Numbered("segment", segment), "is malformed");
          }
          held_records_ += entries.size();
          for (const SegmentEntry& entry : entries) {
            if (const char* wrong = Wrong(entry, cases)) {
              Add(Numbered("record", segment * kSegmentSlots + entry.slot),
                  wrong);
            }
          }
        });
    std::sort(cases.begin(), cases.end());
    if (std::adjacent_find(cases.begin(), cases.end()) != cases.end()) {
      Add("records", "a person stands in one case twice");
    }
    return scanned;
  }

  // What is wrong with a record; null if nothing is.
  const char* Wrong(const SegmentEntry& entry,
                    std::vector<std::uint64_t>& cases) {
    if (!Lives(entry.person)) return "belongs to nobody";
    Person& person = persons_[entry.person];
    person.held = true;
    if (entry.department >= departments_.size()) {
      return "belongs to no department";
    }
    const auto bytes = OpenRecordContent(person.data_key, entry.fingerprint,
                                         entry.sealed_content);
    if (!bytes.ok()) return "does not open with its person's key";
    const auto content =
        ParseRecordContent(*bytes, departments_.texts(entry.department));
    if (!content.ok()) return "has malformed contents";
    if (content->unit >= departments_.units(entry.department).size()) {
      return "belongs to no unit";
    }
    const crypto::Hash32 hash = crypto::Blake2b256(
        crypto::AsBytes(absl::StrCat(entry.department, " ", entry.person, " ",
                                     std::string(content->case_ref))));
    std::uint64_t short_hash = 0;
    std::copy_n(hash.begin(), sizeof(short_hash),
                reinterpret_cast<std::uint8_t*>(&short_hash));
    cases.push_back(short_hash);
    return nullptr;
  }

  absl::Status Alerts() {
    return Each(Table::kAlert, [&](std::uint64_t block,
                                   std::string_view plain) {
      const auto alerts = DecodeAlertBlock(block, plain);
      if (!alerts.ok()) {
        return Add(Numbered("alert block", block), "is malformed");
      }
      for (const StoredAlert& alert : *alerts) {
        const std::string place = Numbered("alert", alert.number);
        if (alert.number >= state_.next_alert) {
          Add(place, absl::StrCat("its number was not given out; the next is ",
                                  state_.next_alert));
        }
        if (!Lives(alert.person) ||
            crypto::SubjectId(persons_[alert.person].data_key) !=
                alert.subject_id) {
          Add(place, "belongs to nobody");
          continue;
        }
        Person& person = persons_[alert.person];
        if (person.alert) Add(place, "its person has another alert");
        person.alert = person.held = true;
        for (const std::uint16_t department : alert.departments) {
          if (department >= departments_.size()) {
            Add(place, "names a department that is not there");
          }
        }
        alerts_.push_back(
            {alert.number,
             alert.person,
             alert.place.page + alert.place.index,
             {alert.departments.begin(), alert.departments.end()}});
      }
    });
  }

  absl::Status Feed() {
    std::uint64_t next = 1;
    const absl::Status scanned =
        Each(Table::kFeed, [&](std::uint64_t first, std::string_view plain) {
          const std::string place = Numbered("feed entry", first);
          if (first != next) {
            Add(Numbered("feed entry", next),
                absl::StrCat("is missing; the next page begins with ", first));
          }
          const auto page = DecodeFeedPage(plain);
          if (!page.ok()) {
            next = first + 1;
            return Add(place, "its page is malformed");
          }
          next = first + page->entries.size();
          for (std::size_t i = 0; i < page->entries.size(); ++i) {
            FeedEntry(first + i, page->entries[i], page->packed);
          }
        });
    if (next - 1 != state_.feed_sequence) {
      Add("feed", absl::StrCat("ends with entry ", next - 1,
                               ", the state says ", state_.feed_sequence));
    }
    for (const AlertPlace& alert : alerts_) {
      if (!alert.found) {
        Add(Numbered("alert", alert.number),
            absl::StrCat("is not in the feed at entry ", alert.sequence));
      }
    }
    return scanned;
  }

  // The alert that stands in an entry; null, with a finding, if it is not to be
  // unpacked.
  std::optional<std::string> Unpacked(const std::string& place,
                                      std::string_view packed) {
    const std::uint16_t number = DictionaryOfAlert(packed);
    auto& dictionary = dictionaries_[number];
    if (number != 0 && dictionary == nullptr) {
      const auto opened = ValueAt(store_, DictionaryKey(number));
      const auto bytes = opened.ok() ? DecodeDictionary(*opened) : opened;
      if (!bytes.ok()) {
        Add(place, absl::StrCat("needs dictionary ", number,
                                ", which is missing or malformed"));
        return std::nullopt;
      }
      dictionary = std::make_unique<const Dictionary>(number, *bytes);
    }
    auto alert = UnpackAlert(packed, dictionary.get());
    if (alert.ok()) return *std::move(alert);
    Add(place, "is malformed");
    return std::nullopt;
  }

  void FeedEntry(std::uint64_t sequence, const StoredFeedEntry& entry,
                 bool packed) {
    if (entry.alert_number == 0) return;
    const std::string place = Numbered("feed entry", sequence);
    // Ascending, as the blocks' keys are.
    const auto alert = std::lower_bound(
        alerts_.begin(), alerts_.end(), entry.alert_number,
        [](const AlertPlace& a, std::uint64_t n) { return a.number < n; });
    if (alert == alerts_.end() || alert->number != entry.alert_number) {
      return Add(place, "is of an alert that is not there");
    }
    const auto bytes = OpenFeedAlert(persons_[alert->person].data_key, sequence,
                                     entry.sealed_alert);
    if (!bytes.ok()) return Add(place, "does not open with its person's key");
    const auto message = packed ? Unpacked(place, *bytes) : *bytes;
    if (!message) return;
    samkoer::v1::Alert parsed;
    if (!parsed.ParseFromString(*message)) return Add(place, "is malformed");
    if (sequence > alert->sequence) {
      return Add(place, "is newer than its alert says");
    }
    if (sequence < alert->sequence) return;
    alert->found = true;
    if (DepartmentsOf(parsed) != alert->departments) {
      Add(Numbered("alert", alert->number),
          "its departments are not those of its participants");
    }
  }

  // As the matcher notes them beside an alert.
  std::vector<std::uint16_t> DepartmentsOf(const samkoer::v1::Alert& alert) {
    std::set<std::uint16_t> numbers;
    const auto add = [&](const std::string& id) {
      if (const auto number = departments_.Find(id)) numbers.insert(*number);
    };
    for (const auto& participant : alert.participants()) {
      add(participant.department());
    }
    for (const auto& nomination : alert.coordination().nominations()) {
      add(nomination.department());
    }
    return {numbers.begin(), numbers.end()};
  }

  absl::Status Pushes() {
    std::set<std::pair<std::uint16_t, PushPhase>> seen;
    return Each(Table::kPush, [&](std::uint64_t number,
                                  std::string_view plain) {
      const std::string place = Numbered("push", number);
      const auto push = DecodePush(plain);
      if (!push.ok()) return Add(place, "is malformed");
      if (number >= state_.next_push)
        Add(place, "its number was not given out");
      if (push->department >= departments_.size()) {
        Add(place, "belongs to no department");
      }
      PushPhase phase = push->phase;
      if (phase == PushPhase::kGivenUp) return;
      if (phase == PushPhase::kIntent) phase = PushPhase::kOpen;
      if (phase == PushPhase::kOpen) open_[number] = 0;
      if (!seen.insert({push->department, phase}).second) {
        Add(place, "its department has another one that is open or in force");
      }
    });
  }

  absl::Status Staged() {
    return ForEachRow(store_, Table::kStagedBatch,
                      [&](std::string_view key, std::string_view plain) {
                        ++rows_;
                        const auto numbers = ParseStagedBatchKey(key);
                        if (!numbers) return;
                        const std::string place =
                            absl::StrCat("batch ", numbers->batch, " of push ",
                                         numbers->push);
                        const auto push = open_.find(numbers->push);
                        if (push == open_.end())
                          return Add(place, "its push is not open");
                        if (numbers->batch != push->second++) {
                          Add(place, "a batch before it is missing");
                        }
                        std::vector<StagedRecord> records;
                        if (!DecodeStagedBatch(plain, records).ok()) {
                          Add(place, "is malformed");
                        }
                      });
  }

  absl::Status Notices() {
    return ForEachRow(store_, Table::kNotice,
                      [&](std::string_view key, std::string_view plain) {
                        ++rows_;
                        std::uint64_t department = 0;
                        for (const char byte : key.substr(1, 8)) {
                          department =
                              department << 8 | static_cast<std::uint8_t>(byte);
                        }
                        if (!DecodeNotice(plain).ok()) {
                          Add("notices", "one is malformed");
                        } else if (department >= departments_.size()) {
                          Add("notices", "one belongs to no department");
                        }
                      });
  }

  absl::Status Objections() {
    return ForEachRow(store_, Table::kObjection,
                      [&](std::string_view, std::string_view plain) {
                        ++rows_;
                        if (!DecodeObjection(plain).ok()) {
                          Add("objections", "one is malformed");
                        }
                      });
  }

  absl::Status Policies() {
    bool in_force = state_.policy_version == 0;
    const absl::Status scanned =
        Each(Table::kPolicy, [&](std::uint64_t version, std::string_view text) {
          const auto policy = DecodePolicy(text);
          if (!policy.ok() || policy->policy.version() != version) {
            Add(Numbered("policy", version), "is malformed");
          } else if (version == state_.policy_version) {
            in_force = true;
          }
        });
    if (scanned.ok() && !in_force) {
      Add(Numbered("policy", state_.policy_version),
          "is in force, and is not there");
    }
    return scanned;
  }

  absl::Status Conferences() {
    return Each(Table::kConference, [&](std::uint64_t, std::string_view plain) {
      const auto stored = DecodeConference(plain);
      if (!stored.ok()) {
        return Add("conferences", "one is malformed");
      }
      std::vector<std::uint64_t> alerts = stored->alerts;
      std::sort(alerts.begin(), alerts.end());
      if (std::adjacent_find(alerts.begin(), alerts.end()) != alerts.end()) {
        Add("conferences", "an alert stands on one twice");
      }
    });
  }

  absl::Status Inquiries() {
    return Each(Table::kInquiry, [&](std::uint64_t, std::string_view plain) {
      if (!DecodeInquiry(plain).ok()) Add("inquiries", "one is malformed");
    });
  }

  void Epochs() {
    const auto bytes = ValueAt(store_, MetaKey(kEpochsWord));
    if (bytes.ok() && !DecodeEpochs(*bytes).ok()) {
      Add("epochs of pseudonyms", "are malformed");
    }
  }

  void Leftovers() {
    for (std::size_t number = 0; number < persons_.size(); ++number) {
      if (persons_[number].live && !persons_[number].held) {
        Add(Numbered("person", number), "is still there, and nothing is held");
      }
    }
  }

  // As the matcher's own numbers: 32 bits, none at the end.
  static constexpr std::uint64_t kMostPersons = 0xffffffff;

  const CheckedStore& store_;
  Findings& findings_;
  std::uint64_t rows_ = 0;
  std::uint64_t held_records_ = 0;
  MatcherState state_;
  DepartmentRegistry departments_;
  std::vector<Person> persons_;     // by number
  std::vector<AlertPlace> alerts_;  // ascending by number
  std::map<std::uint16_t, std::unique_ptr<const Dictionary>> dictionaries_;
  std::map<std::uint64_t, std::uint64_t> open_;  // open pushes: next batch
};

}  // namespace

absl::Status CheckMatcherTables(const CheckedStore& store, Findings& findings) {
  if (absl::Status s = MatcherCheck(store, findings).Run(); !s.ok()) return s;
  return CheckMonths(store, findings);
}

}  // namespace samkoer::storage
