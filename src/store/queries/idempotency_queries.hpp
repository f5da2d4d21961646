#pragma once
// Reads of claims on idempotency keys, and of the answers given under them.
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "store/rows.hpp"
#include "store/store.hpp"

namespace payweir::store {

struct StoredClaim {
  IdempotencyRow claim;
  std::optional<AnswerRow> answer;  // unset: the first request has none yet
};
[[nodiscard]] Task<Result<std::optional<StoredClaim>>> find_claim(Store& store, std::string digest);

[[nodiscard]] Task<Result<std::optional<AnswerRow>>> find_answer(Store& store, std::int64_t claim_key);

// Keys of the oldest claims made before `made_before`, for erasing them with their answers.
[[nodiscard]] Task<Result<std::vector<std::int64_t>>> list_claims_before(Store& store, Instant made_before,
                                                                         std::size_t limit);

}  // namespace payweir::store
