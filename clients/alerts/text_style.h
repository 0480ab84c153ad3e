#ifndef SAMKOER_CLIENTS_ALERTS_TEXT_STYLE_H_
#define SAMKOER_CLIENTS_ALERTS_TEXT_STYLE_H_

#include "absl/time/time.h"
#include "clients/alerts/text.h"

namespace samkoer::clients {

// How text is made for people.
struct TextStyle {
  Language language = Language::kDanish;
  absl::TimeZone zone = absl::UTCTimeZone();
};

}  // namespace samkoer::clients

#endif  // SAMKOER_CLIENTS_ALERTS_TEXT_STYLE_H_
