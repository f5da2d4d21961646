#include "flows/payments.hpp"
#include "flows/settle.hpp"
#include "flows/snapshot.hpp"
#include "store/queries/payment_queries.hpp"
#include "store/queries/refund_queries.hpp"

namespace payweir::flows {
namespace {

bool is_to_ask(Context& context, const Refund& refund, Sync sync) {
  if (sync == Sync::stored || refund.state != RefundState::pending) return false;
  return sync == Sync::ask_gateway ||
         context.rate_limiter.admit_poll(refund.id.key, context.clock.suspended_us());
}

}  // namespace

Task<Result<RefundView>> retrieve_refund(Context& context, Principal principal, std::string refund_id,
                                         Sync sync) {
  Result<PaymentSnapshot> snapshot = co_await load_refund(context, principal.merchant, refund_id);
  if (!snapshot) co_return fail(std::move(snapshot.error()));
  std::int64_t gateway_us = 0;
  if (is_to_ask(context, *snapshot->aggregate.refund, sync)) {
    const std::int64_t refund_key = snapshot->aggregate.refund->id.key;
    const std::int64_t payment_key = snapshot->aggregate.payment.id.key;
    // What cannot be learnt now is not an error of the retrieve: the stored state is the answer.
    Result<std::vector<store::OperationRow>> live =
        co_await store::list_live_operations(context.store, payment_key);
    if (live) {
      for (const store::OperationRow& row : *live) {
        if (row.operation.refund_key != refund_key) continue;
        Result<Settled> settled =
            co_await settle_operation(context, row.operation.id.key, Fencing::forbidden);
        if (settled) gateway_us += settled->gateway_us;
      }
      snapshot = co_await load_refund(context, principal.merchant, refund_id);
      if (!snapshot) co_return fail(std::move(snapshot.error()));
    }
  }
  RefundView view = refund_view_of(*snapshot);
  view.gateway_us = gateway_us;
  co_return view;
}

Task<Result<RefundPage>> list_refunds(Context& context, Principal principal, ListRefunds command) {
  store::RefundFilter filter;
  filter.merchant_no = principal.merchant_no;
  filter.limit = command.limit;
  filter.offset = command.offset;
  filter.created_from = command.created_from;
  filter.created_to = command.created_to;
  if (!command.payment_id.empty()) {
    Result<PaymentSnapshot> payment = co_await load_payment(context, principal.merchant, command.payment_id);
    if (!payment) co_return fail(std::move(payment.error()));
    filter.payment_key = payment->aggregate.payment.id.key;
  }
  Result<std::vector<store::RefundRow>> rows = co_await store::list_refunds(context.store, std::move(filter));
  if (!rows) co_return fail(std::move(rows.error()));
  RefundPage page;
  for (const store::RefundRow& row : *rows) {
    Result<PaymentSnapshot> snapshot = co_await load_refund_by_key(context, row.refund.id.key);
    if (!snapshot) co_return fail(std::move(snapshot.error()));
    page.refunds.push_back(refund_view_of(*snapshot));
  }
  co_return page;
}

}  // namespace payweir::flows
