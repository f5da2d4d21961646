#include "flows/operate.hpp"

namespace payweir::flows {

Task<Result<Answer>> create_refund(Context& context, Principal principal, Key key, CreateRefund command,
                                   const Rendering& rendering) {
  if (Result<void> usable = check_reference("refund_id", command.refund_id); !usable)
    co_return fail(std::move(usable.error()));
  const RefundId refund_id = context.new_id<RefundTag>();
  const OperationId operation_id = context.new_id<OperationTag>();
  const Instant ask_at = first_ask(context.settings, context.clock.wall());
  std::string payment_id = std::move(command.payment_id);
  MakeEvent make_event = [refund_id, operation_id, ask_at, command = std::move(command)](
                             PaymentSnapshot& snapshot, Instant) -> Result<PaymentEvent> {
    snapshot.refund_details = {command.refund_id, command.reason, command.metadata_json};
    const std::int64_t amount_minor =
        command.amount_minor.value_or(snapshot.aggregate.payment.refundable_minor());
    return event::CreateRefund{refund_id, amount_minor, operation_id, ask_at};
  };
  Result<Answer> answer =
      co_await execute(context, std::move(principal), std::move(key), std::move(payment_id),
                       std::move(make_event), AnswerWith::refund, rendering);
  co_return answer;
}

}  // namespace payweir::flows
