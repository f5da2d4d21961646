#include "flows/accounts/change.hpp"

namespace payweir::flows {

AccountChange begin_change(Context& context, Key key, std::int64_t resource_key) {
  AccountChange change;
  if (key) change.claim_key = claim(context, change.rows, *key, resource_key);
  change.key = std::move(key);
  return change;
}

std::unexpected<Error> too_many_writers() {
  return fail(Code::store_busy, "", "too many writers at once on this account; try again");
}

Task<Result<std::optional<Answer>>> commit_change(Context& context, AccountChange change, Answer answer,
                                                  AnswerContent content, std::string resource) {
  if (change.claim_key) store_answer(context, change.rows, *change.claim_key, answer, content);
  store::CommitAnswer committed = co_await context.store.commit(std::move(change.rows));
  // Whatever it says, what is cached may be older than what is stored.
  context.directory.changed();
  if (std::holds_alternative<store::commit::Committed>(committed)) co_return answer;
  if (std::holds_alternative<store::commit::Conflict>(committed)) co_return std::nullopt;
  if (auto* failed = std::get_if<store::commit::Failed>(&committed)) co_return fail(std::move(failed->error));
  if (auto* maybe = std::get_if<store::commit::Maybe>(&committed)) co_return fail(std::move(maybe->error));
  if (std::get<store::commit::Duplicate>(committed).table != "idempotency" || !change.key)
    co_return fail(Code::duplicate_resource, resource,
                   "an object with this " + resource + " exists already in our records");
  RequestKey key = std::move(*change.key);
  Result<Replay> first = co_await replay(context, std::move(key));
  if (!first) co_return fail(std::move(first.error()));
  if (first->answer) co_return std::move(first->answer);
  // Claim and answer of an account stand in one ChangeSet: this claim was made by something else.
  co_return fail(Code::idempotency_key_reused, "Idempotency-Key", "this key was used for another request");
}

Task<Result<bool>> commit_rows(Context& context, store::ChangeSet rows) {
  AccountChange change;
  change.rows = std::move(rows);
  auto committed = co_await commit_change(context, std::move(change), Answer(), AnswerContent::ordinary, "");
  if (!committed) co_return fail(std::move(committed.error()));
  co_return committed->has_value();
}

Task<Result<Answer>> or_first_answer(Context& context, Key key, Task<Result<Answer>> attempt) {
  Result<Answer> answer = co_await std::move(attempt);
  if (answer || !key) co_return answer;
  const Code code = answer.error().code;
  if (code != Code::not_found && code != Code::duplicate_resource && code != Code::illegal_transition)
    co_return answer;
  RequestKey request = std::move(*key);
  Result<Replay> first = co_await replay(context, std::move(request));
  if (first && first->answer) co_return std::move(*first->answer);
  if (!first && first.error().code != Code::not_found) co_return fail(std::move(first.error()));
  co_return answer;
}

}  // namespace payweir::flows
