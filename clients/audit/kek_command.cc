#include "clients/audit/kek_command.h"

#include <grpcpp/client_context.h>

#include <optional>
#include <ostream>
#include <string_view>

#include "absl/time/clock.h"
#include "clients/audit/person_command.h"
#include "clients/common/cat.h"
#include "clients/common/channel.h"
#include "clients/common/progress.h"

namespace samkoer::clients {
namespace {

// The keyring's passphrase is hashed twice, with a gibibyte of memory.
constexpr absl::Duration kRotateDeadline = absl::Minutes(2);
// Longer than any store takes.
constexpr absl::Duration kLongestWait = absl::Hours(24);

absl::StatusOr<v1::KekStatus> FetchStatus(v1::Operations::StubInterface& server,
                                          Peer peer, Language language) {
  grpc::ClientContext context;
  SetDeadline(context);
  v1::GetKekStatusResponse response;
  const grpc::Status status = server.GetKekStatus(&context, {}, &response);
  if (!status.ok()) return FromServer(status, peer, language);
  return response.status();
}

bool Running(const v1::KekStatus& kek) {
  return kek.older_generations_size() > 0;
}

std::string Page(const v1::KekStatus& kek, Peer peer, const TextStyle& style) {
  const Language l = style.language;
  std::string page =
      Cat(Say(l, "Lagerets nøgle hos ", "The store's key, "), PeerName(peer, l),
          ": generation ", kek.current_generation());
  if (kek.has_current_since()) {
    page += Cat(Say(l, ", i brug siden ", ", in use since "),
                DateTimeText(kek.current_since(), style.zone));
  }
  page += "\n";
  if (kek.has_next_rotation()) {
    page += Cat(Say(l, "Næste skift af sig selv: ", "Next change by itself: "),
                DateTimeText(kek.next_rotation(), style.zone), "\n");
  }
  if (Running(kek)) {
    std::string older;
    for (const std::uint32_t generation : kek.older_generations()) {
      if (!older.empty()) older += ", ";
      older += Cat(generation);
    }
    page += Cat(Say(l, "Et skift er i gang: ", "A change is under way: "),
                kek.done(), Say(l, " af ", " of "), kek.total(),
                Say(l, " værdier er forseglet igen; endnu ikke destrueret: ",
                    " values are sealed again; not yet destroyed: "),
                "generation ", older, "\n");
  } else {
    page +=
        Say(l, "Ældre nøgler er destrueret.\n", "Older keys are destroyed.\n");
  }
  return page;
}

absl::Status Print(const v1::KekStatus& kek, Peer peer, std::string_view advice,
                   const AuditOutput& output) {
  if (output.format == OutputFormat::kJson) {
    absl::StatusOr<std::string> json = JsonText(kek, /*pretty=*/true);
    if (!json.ok()) return json.status();
    output.out << *json;
  } else {
    output.out << Page(kek, peer, output.style) << advice;
  }
  return Written(output.out, output.style.language);
}

absl::StatusOr<v1::KekStatus> WaitUntilDone(
    v1::Operations::StubInterface& server, Peer peer, v1::KekStatus kek,
    absl::Duration poll, const AuditOutput& output) {
  const Language l = output.style.language;
  const absl::Time deadline = absl::Now() + kLongestWait;
  std::optional<ProgressBar> bar;
  while (Running(kek)) {
    if (!bar && kek.total() > 0) {
      bar.emplace(Say(l, "Forsegler igen", "Sealing again"), kek.total(),
                  output.progress);
    }
    if (bar) bar->Set(kek.done());
    if (absl::Now() > deadline) {
      return WithHint(
          absl::DeadlineExceededError(Say(l, "skiftet er ikke færdigt endnu",
                                          "the change is not finished yet")),
          Say(l, "serverens log siger hvorfor", "the server's log says why"));
    }
    absl::SleepFor(poll);
    auto next = FetchStatus(server, peer, l);
    if (!next.ok()) return next.status();
    kek = *std::move(next);
  }
  return kek;
}

}  // namespace

absl::Status RotateKek(v1::Operations::StubInterface& server, Peer peer,
                       const KekRotateOptions& options,
                       const AuditOutput& output) {
  const Language l = output.style.language;
  if (absl::Status s = CheckReason(options.reason, l); !s.ok()) return s;
  grpc::ClientContext context;
  SetDeadline(context, kRotateDeadline);
  v1::RotateKekRequest request;
  request.set_reason(options.reason);
  v1::RotateKekResponse response;
  const grpc::Status status = server.RotateKek(&context, request, &response);
  if (!status.ok()) return FromServer(status, peer, l);
  v1::KekStatus kek = response.status();
  if (options.wait) {
    auto done = WaitUntilDone(server, peer, kek, options.poll, output);
    if (!done.ok()) return done.status();
    kek = *std::move(done);
  }
  return Print(
      kek, peer,
      Running(kek)
          ? Say(l,
                "Tag en kopi af nøgleringen nu: den gamle åbner ikke det nye.\n"
                "Se, hvor langt det er: samkoer-audit kek status\n",
                "Copy the keyring now: the older one does not open what is "
                "new.\nSee how far it is: samkoer-audit kek status\n")
          : Say(l,
                "Kopier af lageret fra før skiftet kan ikke læses mere, når "
                "gamle kopier af\nnøgleringen er slettet. Tag nye kopier af "
                "begge nu.\n",
                "Copies of the store from before cannot be read any more once "
                "old copies of the\nkeyring are deleted. Make new copies of "
                "both now.\n"),
      output);
}

absl::Status PrintKekStatus(v1::Operations::StubInterface& server, Peer peer,
                            const AuditOutput& output) {
  auto kek = FetchStatus(server, peer, output.style.language);
  if (!kek.ok()) return kek.status();
  return Print(*kek, peer, "", output);
}

}  // namespace samkoer::clients
