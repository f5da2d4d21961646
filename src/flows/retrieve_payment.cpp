#include "flows/operate.hpp"
#include "flows/settle.hpp"
#include "store/queries/payment_queries.hpp"
#include "store/queries/refund_queries.hpp"

namespace payweir::flows {
namespace {

Task<Result<void>> add_refunds(Context& context, const PaymentSnapshot& snapshot, PaymentView& view) {
  view.refunds_loaded = true;
  const Payment& payment = snapshot.aggregate.payment;
  if (payment.captured_minor == 0) co_return Result<void>{};
  Result<std::vector<store::RefundRow>> rows =
      co_await store::list_refunds_of_payment(context.store, payment.id.key);
  if (!rows) co_return fail(std::move(rows.error()));
  for (store::RefundRow& row : *rows) {
    PaymentSnapshot of_refund = snapshot;
    of_refund.refund_details.reference = row.reference;
    of_refund.refund_details.parse(row.details);
    of_refund.aggregate.refund = std::move(row.refund);
    view.refunds.push_back(refund_view_of(of_refund));
  }
  co_return Result<void>{};
}

Task<Result<void>> add_attempts(Context& context, const PaymentSnapshot& snapshot, PaymentView& view) {
  view.attempts_loaded = true;
  Result<std::vector<store::AttemptRow>> rows =
      co_await store::list_attempts(context.store, snapshot.aggregate.payment.id.key);
  if (!rows) co_return fail(std::move(rows.error()));
  for (store::AttemptRow& row : *rows) {
    const std::int64_t account_key = row.attempt.connector_account_key;
    view.attempts.push_back({std::move(row.attempt), snapshot.merchant->find_account(account_key)});
  }
  co_return Result<void>{};
}

bool can_be_asked_about(const PaymentSnapshot& snapshot) {
  return snapshot.aggregate.operation && snapshot.aggregate.operation->state != OperationState::done &&
         snapshot.aggregate.attempt;
}

bool is_to_ask(Context& context, const PaymentSnapshot& snapshot, Sync sync) {
  if (sync == Sync::stored || !can_be_asked_about(snapshot)) return false;
  return sync == Sync::ask_gateway ||
         context.rate_limiter.admit_poll(snapshot.aggregate.payment.id.key, context.clock.suspended_us());
}

}  // namespace

Task<Result<PaymentView>> retrieve_payment(Context& context, Principal principal, RetrievePayment command) {
  Result<PaymentSnapshot> snapshot = co_await load_payment(context, principal.merchant, command.payment_id);
  if (!snapshot) co_return fail(std::move(snapshot.error()));
  if (Result<void> known = check_client_secret(context, principal, *snapshot, command.client_secret); !known)
    co_return fail(std::move(known.error()));
  std::int64_t gateway_us = 0;
  if (is_to_ask(context, *snapshot, command.sync)) {
    const std::int64_t operation_key = snapshot->aggregate.operation->id.key;
    // What cannot be learnt now is not an error of the retrieve: the stored state is the answer.
    Result<Settled> settled = co_await settle_operation(context, operation_key, Fencing::forbidden);
    if (settled) {
      gateway_us = settled->gateway_us;
      snapshot = co_await load_payment(context, principal.merchant, command.payment_id);
      if (!snapshot) co_return fail(std::move(snapshot.error()));
    }
  }
  PaymentView view = view_of(context, *snapshot);
  view.gateway_us = gateway_us;
  Result<void> refunds = co_await add_refunds(context, *snapshot, view);
  if (!refunds) co_return fail(std::move(refunds.error()));
  if (!command.expand_attempts) co_return view;
  Result<void> attempts = co_await add_attempts(context, *snapshot, view);
  if (!attempts) co_return fail(std::move(attempts.error()));
  co_return view;
}

Task<Result<std::string>> return_from_gateway(Context& context, std::string merchant_id,
                                              std::string payment_id, std::string attempt_id) {
  Result<std::shared_ptr<const MerchantEntry>> merchant =
      co_await context.directory.merchant_by_id(merchant_id);
  if (!merchant) co_return fail(std::move(merchant.error()));
  if (!*merchant) co_return fail(Code::not_found, "payment_id", "Payment does not exist in our records");
  Principal principal;
  principal.merchant = std::move(*merchant);
  principal.merchant_no = principal.merchant->row.id.key;
  RetrievePayment command;
  command.payment_id = std::move(payment_id);
  command.sync = Sync::ask_gateway;
  Result<PaymentView> view = co_await retrieve_payment(context, std::move(principal), std::move(command));
  if (!view) co_return fail(std::move(view.error()));
  if (view->details->paid_on == "page" && view->attempt && to_text(view->attempt->id) == attempt_id)
    co_return context.settings.public_url + "/pay/" + view->payment_id +
        "?client_secret=" + view->client_secret;
  const std::string& of_payment = view->details->return_url;
  const std::string return_url =
      of_payment.empty() && view->profile ? view->profile->details.return_url : of_payment;
  if (return_url.empty()) co_return std::string();
  const char separator = return_url.find('?') == std::string::npos ? '?' : '&';
  co_return return_url + separator + "payment_id=" + view->payment_id +
      "&status=" + std::string(to_string(view->payment.state));
}

}  // namespace payweir::flows
