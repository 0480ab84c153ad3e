#include "server/alerts_service.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "crypto/absl_view.h"
#include "matcher/matcher.h"
#include "server/caller_of.h"
#include "server/deliver.h"
#include "server/limits.h"
#include "server/metrics.h"

namespace samkoer::server {

AlertsService::AlertsService(CallGate& gate, matcher::Matcher& matcher,
                             StreamWatch& watch, Metrics& metrics)
    : gate_(gate),
      matcher_(matcher),
      coordination_(matcher),
      watch_(watch),
      followers_(
          metrics.AddGauge("samkoer_followers", "Open streams of the feed.")),
      lag_(metrics.AddGauge("samkoer_feed_lag_entries",
                            "Entries that the follower written to last has "
                            "still to get.")) {}

grpc::Status AlertsService::ListAlerts(grpc::ServerContext* context,
                                       const v1::ListAlertsRequest* request,
                                       v1::ListAlertsResponse* response) {
  return gate_.RunShared(*context, "/samkoer.v1.Alerts/ListAlerts",
                         [&](std::span<const Identity> people) {
                           return Deliver(
                               matcher_.ListAlerts(CallersOf(people), *request),
                               *response);
                         });
}

grpc::Status AlertsService::GetAlert(grpc::ServerContext* context,
                                     const v1::GetAlertRequest* request,
                                     v1::GetAlertResponse* response) {
  return gate_.Run(
      *context, "/samkoer.v1.Alerts/GetAlert", [&](const Identity& who) {
        return Deliver(matcher_.GetAlert(CallerOf(who), *request), *response);
      });
}

grpc::Status AlertsService::SetAlertState(
    grpc::ServerContext* context, const v1::SetAlertStateRequest* request,
    v1::SetAlertStateResponse* response) {
  return gate_.Run(
      *context, "/samkoer.v1.Alerts/SetAlertState", [&](const Identity& who) {
        return Deliver(matcher_.SetAlertState(CallerOf(who), *request),
                       *response);
      });
}

grpc::Status AlertsService::Coordinate(grpc::ServerContext* context,
                                       const v1::CoordinateRequest* request,
                                       v1::CoordinateResponse* response) {
  return gate_.Run(
      *context, "/samkoer.v1.Alerts/Coordinate", [&](const Identity& who) {
        return Deliver(coordination_.Coordinate(CallerOf(who), *request),
                       *response);
      });
}

grpc::Status AlertsService::GetOverview(grpc::ServerContext* context,
                                        const v1::GetOverviewRequest*,
                                        v1::GetOverviewResponse* response) {
  return gate_.RunShared(
      *context, "/samkoer.v1.Alerts/GetOverview",
      [&](std::span<const Identity> people) {
        return Deliver(coordination_.GetOverview(CallersOf(people)), *response);
      });
}

grpc::Status AlertsService::Follow(grpc::ServerContext* context,
                                   const v1::FollowRequest* request,
                                   grpc::ServerWriter<v1::FeedEvent>* writer) {
  return gate_.Run(
      *context, "/samkoer.v1.Alerts/Follow", [&](const Identity& who) {
        const auto ticket = gate_.admission().Enter(
            {{"followers", kMaxFollowers},
             {absl::StrCat("follower/", crypto::AbslView(crypto::AsText(
                                            who.certificate_sha256))),
              kMaxFollowersPerCertificate}});
        if (!ticket.ok()) return ticket.status();
        if (absl::Status s = matcher_.CheckFeedId(request->feed_id());
            !s.ok()) {
          return s;
        }
        followers_.Add(1);
        const absl::Cleanup leave = [this] { followers_.Add(-1); };
        return Feed(who, request->after_sequence(), *context, *writer);
      });
}

absl::Status AlertsService::Feed(const Identity& who, std::uint64_t after,
                                 grpc::ServerContext& context,
                                 grpc::ServerWriter<v1::FeedEvent>& writer) {
  StreamWatch::Stream stream(watch_, context, who);
  const matcher::Caller caller = CallerOf(who);
  v1::FeedEvent event;
  event.set_feed_id(matcher_.FeedId());
  const auto write = [&] {
    const absl::Status written =
        stream.Write([&] { return writer.Write(event); });
    event.clear_feed_id();  // once a stream
    return written;
  };
  bool told_caught_up = false;
  absl::Time last_sent = absl::Now();
  // The first read also refuses a cursor beyond the end of the feed.
  std::uint64_t end = after + 1;
  while (!stopping_) {
    if (context.IsCancelled()) {
      return absl::CancelledError("the client has gone");
    }
    std::vector<v1::FeedEntry> entries;
    if (end > after || matcher_.FeedSequence() < after) {
      // No snapshot of the store is held while the reader is written to.
      auto page = matcher_.ReadFeed(caller, after, kFeedPageEntries);
      if (!page.ok()) return page.status();
      entries = *std::move(page);
    }
    for (v1::FeedEntry& entry : entries) {
      after = entry.sequence();
      *event.mutable_entry() = std::move(entry);
      const absl::Status written = write();
      if (!written.ok()) return written;
      last_sent = absl::Now();
      told_caught_up = false;
    }
    end = matcher_.FeedSequence();
    lag_.Set(end > after ? static_cast<double>(end - after) : 0);
    if (end > after) continue;
    if (!told_caught_up || absl::Now() - last_sent >= kFeedHeartbeat) {
      event.mutable_heartbeat()->set_caught_up_to(after);
      const absl::Status written = write();
      if (!written.ok()) return written;
      last_sent = absl::Now();
      told_caught_up = true;
    }
    const absl::Status still = gate_.access().StillPermitted(who);
    if (!still.ok()) return still;
    auto news = matcher_.WaitForFeed(after, absl::Now() + kStreamLook);
    if (!news.ok()) break;  // stopped
    end = *news;
  }
  return absl::UnavailableError(
      "the matcher is stopping; go on from the last entry received");
}

}  // namespace samkoer::server
