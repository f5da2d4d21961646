#include "mutants.hpp"

#include <fmt/format.h>

#include <array>
#include <cstdio>
#include <string>
#include <vector>

#include "base/planted.hpp"
#include "crew.hpp"

namespace payweir::sim {
namespace {

constexpr auto kMutants = std::to_array<Mutant>({
    {"tells_twice", "an operation that ended may end again"},
    {"counts_only_done_refunds", "refunds under way do not count as spent"},
    {"reserves_no_refund", "a refund under way reserves nothing"},
    {"unknown_is_failed", "an authorisation without an answer has failed"},
    {"unknown_is_captured", "an authorisation without an answer was paid"},
    {"action_is_captured", "a payer who is asked has paid"},
    {"authorised_is_captured", "money that is held was charged"},
    {"captures_the_whole", "a part that was captured counts as the whole"},
    {"posts_no_capture", "a capture is not booked"},
    {"posts_no_refund", "a refund is not booked"},
    {"tells_nobody_of_success", "a payment that succeeded sends no event"},
    {"tells_nobody_of_failure", "a payment that failed sends no event"},
    {"keeps_the_reserve", "a refund that failed stays reserved"},
    {"unknown_refund_fails", "a refund without an answer has failed"},
    {"pending_refund_is_done", "a refund that the gateway has not decided is done"},
    {"cancels_without_a_void", "money that is held is let go of here only"},
    {"expires_without_a_void", "a payer who is asked may still pay what has expired"},
    {"lost_capture_is_done", "a capture that certainly did not happen succeeded"},
    {"times_go_back", "the times of a payment follow the wall clock"},
    {"forgets_the_version", "a change leaves the version as it is"},
    {"ignores_what_ended", "the gateway ended an authorisation, and nobody listens"},
    {"not_found_is_final", "what a query does not find was not executed, without a fence"},
    {"unclear_fence_holds", "a fence that nobody answered holds"},
    {"spent_key_holds", "a key that the original has spent was spent by the fence"},
    {"ignores_the_finding", "what a query finds is not concluded from"},
    {"silence_is_no", "a gateway that does not answer a query does not know the payment"},
    {"lost_is_not_sent", "a connection that broke sent nothing"},
    {"sends_late", "the time to send may have passed"},
    {"another_key_a_try", "the idempotency key is another one in each process"},
    {"sends_twice", "a request that was not answered is sent again under a key of its own"},
    {"sends_unrecorded", "an operation is sent although it could not be recorded"},
    {"answers_unstored", "the client is told what could not be stored"},
    {"conflict_is_done", "a decision that another writer overtook counts as stored"},
    {"claims_nothing", "a request under a key leaves no claim"},
    {"ignores_the_fingerprint", "another body under a key gets the answer of the first"},
    {"acknowledges_unstored", "a callback is acknowledged and forgotten"},
    {"delivers_nothing", "an event has no delivery"},
    {"stores_no_event", "an event is counted and not stored"},
    {"posts_the_wrong_amount", "a refund is booked with another amount"},
    {"any_answer_is_delivered", "an endpoint that fails took the webhook"},
    {"marks_before_it_sends", "a webhook is marked delivered before it is sent"},
    {"resolves_nothing", "nobody asks about what is unknown"},
    {"recovers_nothing", "what an earlier life had sent is never asked about"},
    {"works_off_nothing", "callbacks stay in the inbox"},
    {"halves_a_unit", "what a refused unit had written stays"},
    {"swallows_a_commit_error", "a COMMIT that failed counts as done"},
    {"executes_a_key_twice", "a claim that exists may be made again"},
    {"forgets_claims_at_start", "a new process does not know the claims of the old one"},
    {"syncs_nothing", "a commit is acknowledged before it is on the disk"},
    {"ignores_versions", "a row is updated whoever was first"},
    {"believes_any_amount", "an answer about another amount is believed"},
    {"believes_any_answer", "an answer about another operation is believed"},
    {"failure_is_a_refusal", "a 500 says that nothing was executed"},
    {"uncaptured_is_captured", "an intent that is still held was captured"},
    {"held_is_voided", "an intent that is still held was cancelled"},
    {"fences_another_key", "the fence takes a key that the original does not have"},
    {"captures_all_there", "a part is asked for, and all is captured"},
    {"believes_any_signature", "a callback needs no signature of the gateway"},
    {"believes_old_signatures", "a callback may be as old as it likes"},
    {"posts_no_late_capture", "a charge that came late is not booked"},
    {"posts_no_returned_refund", "a refund that came back is not booked"},
    {"sends_under_review", "a restored database sends before it has asked"},
    {"keeps_no_late_answer", "an answer that was not stored is made anew at each repetition"},
    {"moves_on_after_unknown", "another gateway is asked while the first may have charged"},
    {"moves_on_unfenced", "a request that is not known just now never arrives"},
    {"moves_on_unrecorded", "another attempt is sent although it could not be recorded"},
    {"moves_on_with_another_amount", "another attempt asks for another amount"},
    {"tries_for_ever", "a request has as many attempts as it likes"},
    {"retries_a_hard_decline", "what the issuer forbids to try again is tried again"},
    {"ignores_the_budget", "retries cost nothing"},
    {"ignores_the_breaker", "a gateway that does not answer is called all the same"},
    {"misses_what_came_late", "a charge of an attempt that was given up is left with whoever has it"},
});

// A mutant may lead a run in circles; an honest one of this size takes a tenth of this.
constexpr std::uint64_t kStepsMax = 3'000'000;

void choose([[maybe_unused]] std::string_view name) {
#ifdef PAYWEIR_PLANTED_BUGS
  planted::chosen = planted::number_of(name);
#endif
}

struct Caught {
  std::uint64_t seeds = 0;  // until it was caught; 0: it was not
  std::string by;
};

// In a process of its own: a check of the switch that fails ends it, and has caught the mutant.
Caught hunt(const Mutant& mutant, const RunOptions& options) {
  Caught caught;
  const auto work = [&](std::size_t, Post post) {
    std::freopen("/dev/null", "w", stderr);
    choose(mutant.name);
    Counts counts;
    for (std::uint64_t i = 0; i < options.seeds; ++i) {
      post.set(i + 1);
      WorldOptions world{
          .seed = options.from + i, .payments = options.payments, .gateways = Gateways::stripe};
      world.steps_max = kStepsMax;
      const WorldEnd told = run_world(world);
      if (told.is_good()) continue;
      counts[told.violations.front().invariant] = i + 1;
      break;
    }
    return counts;
  };
  const Counts found = run_crew(1, work, [&](std::uint64_t seeds) { caught = {seeds, "a check"}; });
  for (const auto& [invariant, seeds] : found)
    caught = {seeds, invariant};
  return caught;
}

}  // namespace

std::span<const Mutant> all_mutants() {
  return kMutants;
}

int run_mutants(const RunOptions& options, const std::string& only) {
#ifndef PAYWEIR_PLANTED_BUGS
  std::fputs("payweir_sim: this build has no planted bugs; use make mutants\n", stderr);
  return 2;
#endif
  std::vector<Mutant> mutants;
  for (const Mutant& mutant : kMutants)
    if (mutant.name.contains(only)) mutants.push_back(mutant);
  const auto work = [&](std::size_t member, Post post) {
    Counts counts;
    for (std::size_t i = member; i < mutants.size(); i += options.jobs) {
      post.set(i);
      const Caught caught = hunt(mutants[i], options);
      counts["caught"] += caught.seeds > 0 ? 1 : 0;
      const std::string when = caught.seeds > 0 ? std::to_string(caught.seeds) : "not caught";
      std::fputs(
          fmt::format("| {} | {} | {} | {} |\n", mutants[i].name, mutants[i].what, when, caught.by).c_str(),
          stdout);
      std::fflush(stdout);
    }
    return counts;
  };
  std::fputs("| mutant | what is wrong | seeds | caught by |\n|---|---|---|---|\n", stdout);
  Counts counts = run_crew(options.jobs, work, [](std::uint64_t) {});
  std::fputs(
      fmt::format("RESULT name=mutants caught={} planted={}\n", counts["caught"], mutants.size()).c_str(),
      stdout);
  return counts["caught"] == mutants.size() ? 0 : 1;
}

}  // namespace payweir::sim
