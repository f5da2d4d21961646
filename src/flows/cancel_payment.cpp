#include "flows/operate.hpp"

namespace payweir::flows {

Task<Result<Answer>> cancel_payment(Context& context, Principal principal, Key key, CancelPayment command,
                                    const Rendering& rendering) {
  const OperationId operation_id = context.new_id<OperationTag>();
  const Instant ask_at = first_ask(context.settings, context.clock.wall());
  MakeEvent make_event = [operation_id, ask_at, reason = std::move(command.reason)](
                             PaymentSnapshot& snapshot, Instant) -> Result<PaymentEvent> {
    if (!reason.empty()) snapshot.details.edit().cancellation_reason = reason;
    return event::Cancel{operation_id, ask_at};
  };
  Result<Answer> answer =
      co_await execute(context, std::move(principal), std::move(key), std::move(command.payment_id),
                       std::move(make_event), AnswerWith::payment, rendering);
  co_return answer;
}

}  // namespace payweir::flows
