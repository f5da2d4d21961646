#include "store/queries/idempotency_queries.hpp"

#include <utility>

#include "base/id.hpp"
#include "store/queries/typed_select.hpp"

namespace payweir::store {
namespace {

constexpr Query kFindClaim{"find_claim", kSql<IdempotencyRow, "SELECT {} FROM idempotency WHERE key = $1">};

constexpr Query kFindAnswer{"find_answer", kSql<AnswerRow, "SELECT {} FROM answer WHERE key = $1">};

constexpr Query kListClaimsBefore{"list_claims_before",
                                  "SELECT key FROM idempotency WHERE key < $1 ORDER BY key LIMIT $2"};

}  // namespace

Task<Result<std::optional<StoredClaim>>> find_claim(Store& store, std::string digest) {
  auto key = co_await store.find_claim_key(std::move(digest));
  if (!key) co_return fail(std::move(key.error()));
  if (*key == 0) co_return std::nullopt;
  // None either when the claim's own transaction is still under way.
  auto claim = co_await select_row<IdempotencyRow>(store, kFindClaim, parameters_of(*key));
  if (!claim) co_return fail(std::move(claim.error()));
  if (!*claim) co_return std::nullopt;
  StoredClaim stored{std::move(**claim), {}};
  auto answer = co_await find_answer(store, stored.claim.key);
  if (!answer) co_return fail(std::move(answer.error()));
  stored.answer = std::move(*answer);
  co_return stored;
}

Task<Result<std::optional<AnswerRow>>> find_answer(Store& store, std::int64_t claim_key) {
  return select_row<AnswerRow>(store, kFindAnswer, parameters_of(claim_key));
}

Task<Result<std::vector<std::int64_t>>> list_claims_before(Store& store, Instant made_before,
                                                           std::size_t limit) {
  const std::int64_t first_kept = KeySequence::first_key_at(made_before);
  return select_keys(store, kListClaimsBefore, parameters_of(first_kept, limit), limit);
}

}  // namespace payweir::store
