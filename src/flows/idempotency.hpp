#pragma once
// Idempotency: what makes a repeated request answer what the first one did, byte for byte. A claim is
// written in the same ChangeSet as the request's first effect, so the unique index decides who is first;
// the answer is written with the last effect. Nothing is read before a commit: only one that came back as
// `Duplicate{"idempotency"}` asks replay() for what the first request said.
#include <cstdint>
#include <optional>

#include "flows/principal.hpp"
#include "store/change_set.hpp"

namespace payweir::flows {

// Whether the answer shows a secret; one that does is kept sealed.
enum class AnswerContent : std::uint8_t { ordinary, shows_secret };

// Adds the claim and returns its key, under which the answer goes. `resource_key` is the payment, refund
// or account that the request makes or changes; 0 for none.
[[nodiscard]] std::int64_t claim(Context& context, store::ChangeSet& changes, const RequestKey& request,
                                 std::int64_t resource_key);

// Adds the answer to the claim. In the claim's own ChangeSet or in a later one; at most once a claim.
void store_answer(Context& context, store::ChangeSet& changes, std::int64_t claim_key, const Answer& answer,
                  AnswerContent content = AnswerContent::ordinary);

// What became of the first request with this key.
struct Replay {
  // Set: the first one's answer, marked as replayed. Unset: the first one ended without an answer (its
  // process died, or it is longer ago than any call may last), so the caller renders the resource as it is
  // now, and may store that under claim_key for the next one.
  std::optional<Answer> answer;
  std::int64_t claim_key = 0;
  std::int64_t resource_key = 0;
};

// Errors: idempotency_key_reused (another method, path or body), idempotency_in_progress (the first one
// may still run), not_found (nothing was claimed with this key), store_*.
[[nodiscard]] Task<Result<Replay>> replay(Context& context, RequestKey request);

// The answer that was stored under a claim, if any, marked as replayed. Errors: store_*.
[[nodiscard]] Task<Result<std::optional<Answer>>> stored_answer(Context& context, std::int64_t claim_key);

}  // namespace payweir::flows
