#include "flows/payments.hpp"
#include "flows/snapshot.hpp"
#include "store/queries/payment_queries.hpp"

namespace payweir::flows {
namespace {

// A cursor is a payment of the caller's own. Error: not_found.
Task<Result<std::int64_t>> key_of_cursor(Context& context, std::shared_ptr<const MerchantEntry> merchant,
                                         std::string payment_id) {
  if (payment_id.empty()) co_return 0;
  Result<PaymentSnapshot> snapshot =
      co_await load_payment(context, std::move(merchant), std::move(payment_id));
  if (!snapshot) co_return fail(std::move(snapshot.error()));
  co_return snapshot->aggregate.payment.id.key;
}

}  // namespace

Task<Result<PaymentPage>> list_payments(Context& context, Principal principal, ListPayments command) {
  store::PaymentFilter filter;
  filter.merchant_no = principal.merchant_no;
  filter.limit = command.limit;
  filter.offset = command.offset;
  filter.created_from = command.created_from;
  filter.created_to = command.created_to;
  filter.states = std::move(command.states);
  filter.currency = command.currency;
  filter.customer_id = std::move(command.customer_id);
  Result<std::int64_t> after =
      co_await key_of_cursor(context, principal.merchant, std::move(command.starting_after));
  if (!after) co_return fail(std::move(after.error()));
  filter.before_key = *after;
  Result<std::int64_t> before =
      co_await key_of_cursor(context, principal.merchant, std::move(command.ending_before));
  if (!before) co_return fail(std::move(before.error()));
  filter.after_key = *before;
  Result<std::vector<store::PaymentRow>> rows =
      co_await store::list_payments(context.store, std::move(filter));
  if (!rows) co_return fail(std::move(rows.error()));

  PaymentPage page;
  for (store::PaymentRow& row : *rows) {
    PaymentSnapshot snapshot;
    snapshot.aggregate.payment = row.payment;
    snapshot.reference = std::move(row.reference);
    snapshot.details.edit() = PaymentDetails::parse(row.details);
    snapshot.merchant = principal.merchant;
    snapshot.profile = principal.merchant->find_profile(row.payment.profile_key);
    if (row.payment.attempt_count > 0) {
      Result<std::optional<store::AttemptRow>> attempt =
          co_await store::find_newest_attempt(context.store, row.payment.id.key);
      if (!attempt) co_return fail(std::move(attempt.error()));
      if (*attempt) {
        snapshot.account = principal.merchant->find_account((*attempt)->attempt.connector_account_key);
        snapshot.aggregate.attempt = std::move((*attempt)->attempt);
      }
    }
    page.payments.push_back(view_of(context, snapshot));
  }
  co_return page;
}

}  // namespace payweir::flows
