#include "flows/operate.hpp"

namespace payweir::flows {

// Only what no decision reads changes, so the refund's row is the whole ChangeSet.
Task<Result<Answer>> update_refund(Context& context, Principal principal, Key key, UpdateRefund command,
                                   const Rendering& rendering) {
  for (int round = 0; round < kConflictRetriesMax; ++round) {
    Result<PaymentSnapshot> loaded = co_await load_refund(context, principal.merchant, command.refund_id);
    if (!loaded) co_return fail(std::move(loaded.error()));
    PaymentSnapshot snapshot = std::move(*loaded);
    if (command.reason) snapshot.refund_details.reason = *command.reason;
    if (command.metadata_json) snapshot.refund_details.metadata_json = *command.metadata_json;
    Refund& refund = *snapshot.aggregate.refund;
    ++refund.version;
    refund.modified_at = context.clock.wall();
    store::ChangeSet changes;
    changes.update(
        store::RefundRow{refund, snapshot.refund_details.reference, snapshot.refund_details.serialise()});
    Answer answer;
    answer.body = rendering.refund(refund_view_of(snapshot));
    if (key) {
      const std::int64_t claim_key = claim(context, changes, *key, refund.id.key);
      store_answer(context, changes, claim_key, answer);
    }
    Result<Recorded> recorded =
        co_await record(context, std::move(changes), key, AnswerWith::refund, rendering);
    if (!recorded) co_return fail(std::move(recorded.error()));
    if (recorded->replayed) co_return std::move(*recorded->replayed);
    if (!recorded->conflict) co_return answer;
  }
  co_return fail(Code::store_busy, "", "too many writers at once on this refund; try again");
}

}  // namespace payweir::flows
