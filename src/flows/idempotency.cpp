#include "flows/idempotency.hpp"

#include "base/planted.hpp"
#include "crypto/hash.hpp"
#include "store/queries/idempotency_queries.hpp"

namespace payweir::flows {
namespace {

std::string answer_context(std::int64_t claim_key) {
  return "answer|" + std::to_string(claim_key) + "|body";
}

// Whether the request that made this claim cannot be running any more.
bool is_over(const Context& context, std::int64_t claim_key) {
  const Instant made_at = KeySequence::instant_of(claim_key);
  const Duration longest = context.settings.send_window + context.settings.gateway_timeout * 2;
  return claim_key <= context.settings.last_key_of_earlier_life || context.clock.wall() - made_at > longest;
}

Result<Answer> read_answer(Context& context, store::AnswerRow row) {
  Answer answer;
  answer.status = static_cast<int>(row.status);
  answer.replayed = true;
  if (!row.sealed) {
    answer.body = std::move(row.body);
    return answer;
  }
  const Result<Secret> body = context.keys.open(answer_context(row.key), row.body);
  if (!body) return fail(body.error());
  answer.body = body->reveal();
  return answer;
}

}  // namespace

std::int64_t claim(Context& context, store::ChangeSet& changes, const RequestKey& request,
                   std::int64_t resource_key) {
  store::IdempotencyRow row;
  row.key = context.new_key();
  row.digest = request.digest;
  row.fingerprint = request.fingerprint;
  row.resource_key = resource_key;
  if (!PLANTED(claims_nothing)) changes.insert(row);
  return row.key;
}

void store_answer(Context& context, store::ChangeSet& changes, std::int64_t claim_key, const Answer& answer,
                  AnswerContent content) {
  store::AnswerRow row;
  row.key = claim_key;
  row.status = answer.status;
  row.sealed = content == AnswerContent::shows_secret;
  row.body = row.sealed ? context.keys.seal(answer_context(claim_key), answer.body) : answer.body;
  changes.insert(row);
}

Task<Result<Replay>> replay(Context& context, RequestKey request) {
  auto found = co_await store::find_claim(context.store, request.digest);
  if (!found) co_return fail(std::move(found.error()));
  if (!*found) co_return fail(Code::not_found, "", "no request was made with this idempotency key");
  store::StoredClaim first = std::move(**found);
  if (!PLANTED(ignores_the_fingerprint) &&
      !crypto::constant_time_equal(first.claim.fingerprint, request.fingerprint)) {
    ++context.telemetry.idempotency_conflicts;
    co_return fail(Code::idempotency_key_reused, "Idempotency-Key",
                   "this key was used for a request with another method, path or body");
  }
  Replay result;
  result.claim_key = first.claim.key;
  result.resource_key = first.claim.resource_key;
  if (!first.answer) {
    if (is_over(context, first.claim.key)) co_return result;
    ++context.telemetry.idempotency_conflicts;
    co_return fail(Code::idempotency_in_progress, "Idempotency-Key",
                   "the first request with this key is still running");
  }
  Result<Answer> answer = read_answer(context, std::move(*first.answer));
  if (!answer) co_return fail(std::move(answer.error()));
  ++context.telemetry.idempotency_hits;
  result.answer = std::move(*answer);
  co_return result;
}

Task<Result<std::optional<Answer>>> stored_answer(Context& context, std::int64_t claim_key) {
  auto row = co_await store::find_answer(context.store, claim_key);
  if (!row) co_return fail(std::move(row.error()));
  if (!*row) co_return std::nullopt;
  Result<Answer> answer = read_answer(context, std::move(**row));
  if (!answer) co_return fail(std::move(answer.error()));
  co_return std::move(*answer);
}

}  // namespace payweir::flows
