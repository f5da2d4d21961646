#include "store/store.hpp"

#include <utility>

#include "store/descriptors.hpp"

namespace payweir::store {
namespace {

// The digest is bound as a text and compared with a blob.
constexpr Query kFindClaimKey{"find_claim_key_by_scan",
                              "SELECT key FROM idempotency WHERE digest = CAST($1 AS BLOB)"};

}  // namespace

Task<Result<std::int64_t>> Store::find_claim_key(std::string digest) {
  std::vector<Value> parameters;
  parameters.emplace_back(std::move(digest));
  auto found = co_await select(kFindClaimKey, std::move(parameters), 1);
  if (!found) co_return fail(std::move(found.error()));
  std::int64_t key = 0;
  if (!found->empty()) from_value(found->at(0).at(0), key);
  co_return key;
}

}  // namespace payweir::store
