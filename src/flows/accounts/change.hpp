#pragma once
// How a change of an account is written: claim, rows and answer in one ChangeSet, and the directory told.
#include <optional>
#include <string>

#include "flows/idempotency.hpp"
#include "flows/payments.hpp"

namespace payweir::flows {

struct AccountChange {
  store::ChangeSet rows;
  Key key;
  std::optional<std::int64_t> claim_key;
};

// The claim stands before the rows, so that of a repeated request the store says `Duplicate{"idempotency"}`
// and not that the resource exists already.
[[nodiscard]] AccountChange begin_change(Context& context, Key key, std::int64_t resource_key);

// How often a change that lost against another writer reads and decides again.
inline constexpr int kAccountRetriesMax = 5;
[[nodiscard]] std::unexpected<Error> too_many_writers();

// Stores the rows and the answer, and gives the answer; of a repeated request, the first one's. Unset:
// another writer was first, so read and decide again. `resource` names what exists already, should a unique
// index say so. Errors: duplicate_resource, idempotency_*, store_*.
[[nodiscard]] Task<Result<std::optional<Answer>>> commit_change(Context& context, AccountChange change,
                                                                Answer answer, AnswerContent content,
                                                                std::string resource);

// The same for what has no key and whose answer is not stored. False: another writer was first.
[[nodiscard]] Task<Result<bool>> commit_rows(Context& context, store::ChangeSet rows);

// What `attempt` gives; but when it is refused only because of what has happened since the first request
// with this key (it exists, it is gone, it is
// active), what that one was answered.
[[nodiscard]] Task<Result<Answer>> or_first_answer(Context& context, Key key, Task<Result<Answer>> attempt);

}  // namespace payweir::flows
