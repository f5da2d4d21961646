#include "flows/snapshot.hpp"

#include "base/check.hpp"
#include "base/json_reader.hpp"
#include "base/json_writer.hpp"
#include "base/planted.hpp"
#include "crypto/encoding.hpp"
#include "flows/routing/canaries.hpp"
#include "ledger/accounts.hpp"
#include "store/queries/payment_queries.hpp"
#include "store/queries/refund_queries.hpp"

namespace payweir::flows {
namespace {

bool is_refund_event(EventType type) {
  return type == EventType::refund_succeeded || type == EventType::refund_failed;
}

void add_event(Context& context, const PaymentSnapshot& snapshot, const effect::Emit& emit, Instant now,
               store::ChangeSet& changes) {
  store::OutboxRow event;
  event.id = context.new_id<EventTag>();
  event.merchant_no = snapshot.aggregate.payment.merchant_no;
  event.profile_key = snapshot.aggregate.payment.profile_key;
  event.aggregate_key = snapshot.aggregate.payment.id.key;
  event.refund_key =
      is_refund_event(emit.type) && snapshot.aggregate.refund ? snapshot.aggregate.refund->id.key : 0;
  event.sequence = emit.sequence;
  event.type = emit.type;
  event.created_at = now;
  if (!PLANTED(stores_no_event)) changes.insert(event);
  if (!snapshot.profile || snapshot.profile->row.webhook_url.empty()) return;
  store::DeliveryRow delivery;
  delivery.key = event.id.key;
  delivery.merchant_no = event.merchant_no;
  delivery.profile_key = event.profile_key;
  delivery.due_at = now;
  delivery.body = webhook_body(context, snapshot, event);
  if (!PLANTED(delivers_nothing)) changes.insert(delivery);
}

// `key` is of what was booked, which is booked once.
void add_posting(const PaymentSnapshot& snapshot, std::int64_t key, const ledger::Posting& posting,
                 Instant now, store::ChangeSet& changes) {
  store::PostingRow row;
  row.key = key;
  row.merchant_no = snapshot.aggregate.payment.merchant_no;
  row.payment_key = snapshot.aggregate.payment.id.key;
  row.debit_account = static_cast<std::int64_t>(posting.debit);
  row.credit_account = static_cast<std::int64_t>(posting.credit);
  row.amount = posting.amount;
  row.created_at = now;
  changes.insert(row);
}

void add_alias(Context& context, store::AliasKind kind, std::int64_t merchant_no,
               const std::string& reference, std::int64_t target_key, store::ChangeSet& changes) {
  if (reference.empty()) return;
  changes.insert(store::AliasRow{context.new_key(), merchant_no, kind, reference, target_key});
}

class EffectWriter {
 public:
  EffectWriter(Context& context, const PaymentSnapshot& snapshot, Instant now, store::ChangeSet& changes)
      : context_(context), snapshot_(snapshot), now_(now), changes_(changes) {}

  void operator()(const effect::InsertAttempt&) { changes_.insert(attempt_row()); }
  void operator()(const effect::UpdateAttempt&) { changes_.update(attempt_row()); }
  void operator()(const effect::InsertOperation&) {
    changes_.insert(store::OperationRow{*aggregate().operation});
  }
  void operator()(const effect::UpdateOperation&) {
    changes_.update(store::OperationRow{*aggregate().operation});
  }
  void operator()(const effect::UpdateSuperseded&) {
    changes_.update(store::OperationRow{*aggregate().superseded});
  }
  void operator()(const effect::UpdateSupersededAttempt&) {
    changes_.update(store::AttemptRow{*aggregate().superseded_attempt, aggregate().payment.merchant_no});
  }
  void operator()(const effect::InsertRefund&) {
    changes_.insert(refund_row());
    add_alias(context_, store::AliasKind::refund, aggregate().payment.merchant_no,
              snapshot_.refund_details.reference, aggregate().refund->id.key, changes_);
  }
  void operator()(const effect::UpdateRefund&) { changes_.update(refund_row()); }
  void operator()(const effect::PostCapture& post) {
    add_posting(snapshot_, operation_key(), ledger::capture_posting(post.amount), now_, changes_);
  }
  void operator()(const effect::PostRefund& post) {
    Money amount = post.amount;
    if (PLANTED(posts_the_wrong_amount)) ++amount.minor;
    add_posting(snapshot_, operation_key(), ledger::refund_posting(amount), now_, changes_);
  }
  void operator()(const effect::PostLateCapture& post) {
    if (PLANTED(posts_no_late_capture)) return;
    add_posting(snapshot_, aggregate().attempt->id.key, ledger::late_capture_posting(post.amount), now_,
                changes_);
  }
  void operator()(const effect::PostReversal& post) {
    add_posting(snapshot_, operation_key(), ledger::reverse(ledger::late_capture_posting(post.amount)), now_,
                changes_);
  }
  void operator()(const effect::PostRefundReturned& post) {
    if (PLANTED(posts_no_returned_refund)) return;
    add_posting(snapshot_, aggregate().refund->id.key, ledger::capture_posting(post.amount), now_, changes_);
  }
  void operator()(const effect::Emit& emit) { add_event(context_, snapshot_, emit, now_, changes_); }

 private:
  [[nodiscard]] const PaymentAggregate& aggregate() const { return snapshot_.aggregate; }
  [[nodiscard]] std::int64_t operation_key() const { return aggregate().operation->id.key; }
  [[nodiscard]] store::AttemptRow attempt_row() const {
    return {*aggregate().attempt, aggregate().payment.merchant_no};
  }
  [[nodiscard]] store::RefundRow refund_row() const {
    return {*aggregate().refund, snapshot_.refund_details.reference, snapshot_.refund_details.serialise()};
  }
  Context& context_;
  const PaymentSnapshot& snapshot_;
  Instant now_;
  store::ChangeSet& changes_;
};

// Fills the names around a payment row that was read.
Task<Result<PaymentSnapshot>> complete(Context& context, store::PaymentRow row,
                                       std::shared_ptr<const MerchantEntry> merchant) {
  PaymentSnapshot snapshot;
  snapshot.aggregate.payment = row.payment;
  snapshot.reference = std::move(row.reference);
  snapshot.details.edit() = PaymentDetails::parse(row.details);
  snapshot.stored_details = snapshot.details;
  if (!merchant) {
    Result<std::shared_ptr<const MerchantEntry>> found =
        co_await context.directory.merchant(row.payment.merchant_no);
    if (!found) co_return fail(std::move(found.error()));
    merchant = std::move(*found);
  }
  if (!merchant) co_return fail(Code::not_found, "merchant_id", "the merchant was deleted");
  snapshot.profile = merchant->find_profile(row.payment.profile_key);
  snapshot.merchant = std::move(merchant);
  co_return snapshot;
}

Task<Result<void>> add_newest_attempt(Context& context, PaymentSnapshot& snapshot) {
  const std::int64_t payment_key = snapshot.aggregate.payment.id.key;
  if (snapshot.aggregate.payment.attempt_count == 0) co_return Result<void>{};
  Result<std::optional<store::AttemptRow>> attempt =
      co_await store::find_newest_attempt(context.store, payment_key);
  if (!attempt) co_return fail(std::move(attempt.error()));
  if (*attempt) {
    snapshot.aggregate.attempt = std::move((*attempt)->attempt);
    snapshot.account = snapshot.merchant->find_account(snapshot.aggregate.attempt->connector_account_key);
  }
  co_return Result<void>{};
}

Task<Result<void>> add_attempt(Context& context, PaymentSnapshot& snapshot, std::int64_t attempt_key) {
  Result<std::optional<store::AttemptRow>> attempt = co_await store::find_attempt(context.store, attempt_key);
  if (!attempt) co_return fail(std::move(attempt.error()));
  if (!*attempt) co_return fail(Code::not_found, "", "no such attempt");
  snapshot.aggregate.attempt = std::move((*attempt)->attempt);
  snapshot.account = snapshot.merchant->find_account(snapshot.aggregate.attempt->connector_account_key);
  co_return Result<void>{};
}

Task<Result<PaymentSnapshot>> complete_with_live_operation(Context& context, store::PaymentRow row,
                                                           std::shared_ptr<const MerchantEntry> merchant) {
  Result<PaymentSnapshot> snapshot = co_await complete(context, std::move(row), std::move(merchant));
  if (!snapshot) co_return snapshot;
  Result<void> attempt = co_await add_newest_attempt(context, *snapshot);
  if (!attempt) co_return fail(std::move(attempt.error()));
  if (!snapshot->aggregate.attempt) co_return snapshot;
  const std::int64_t attempt_key = snapshot->aggregate.attempt->id.key;
  Result<std::optional<store::OperationRow>> live = co_await store::find_live_payment_operation(
      context.store, snapshot->aggregate.payment.id.key, attempt_key);
  if (!live) co_return fail(std::move(live.error()));
  if (*live) snapshot->aggregate.operation = std::move((*live)->operation);
  co_return snapshot;
}

}  // namespace

std::string RefundDetails::serialise() const {
  json::Writer out(128);
  out.begin_object();
  if (!reason.empty()) out.field("reason", reason);
  if (!metadata_json.empty()) out.raw_field("metadata", metadata_json);
  out.end_object();
  return std::move(out).take();
}

void RefundDetails::parse(std::string_view text) {
  const Result<json::Document> document = json::parse(text);
  if (!document) return;
  reason = document->root().find("reason").text();
  if (const json::Value metadata = document->root().find("metadata"); metadata.present())
    metadata_json = metadata.dump();
}

Result<void> check_reference(std::string_view field, const std::string& reference) {
  constexpr std::size_t kBytesMax = 64;
  const std::string name(field);
  if (reference.empty()) return {};
  if (reference.size() > kBytesMax)
    return fail(Code::invalid_value, name, name + " must have at most 64 characters");
  for (const char c : reference) {
    const bool allowed =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
    if (!allowed)
      return fail(Code::invalid_value, name, name + " may hold letters, digits, '_' and '-' only");
  }
  if (looks_like_id<PaymentTag>(reference) || looks_like_id<RefundTag>(reference))
    return fail(Code::invalid_value, name, name + " must not have the form of an id made by this service");
  return {};
}

std::string PaymentSnapshot::payment_id() const {
  return reference.empty() ? to_text(aggregate.payment.id) : reference;
}

std::string PaymentSnapshot::refund_id() const {
  return refund_details.reference.empty() ? to_text(aggregate.refund->id) : refund_details.reference;
}

Task<Result<PaymentSnapshot>> load_payment(Context& context, std::shared_ptr<const MerchantEntry> merchant,
                                           std::string payment_id) {
  const std::int64_t merchant_no = merchant->row.id.key;
  const Result<PaymentId> id = parse_id<PaymentTag>(payment_id);
  Result<std::optional<store::PaymentRow>> row = std::nullopt;
  if (id)
    row = co_await store::find_payment(context.store, merchant_no, *id);
  else
    row = co_await store::find_payment_by_reference(context.store, merchant_no, std::move(payment_id));
  if (!row) co_return fail(std::move(row.error()));
  if (!*row) co_return fail(Code::not_found, "payment_id", "Payment does not exist in our records");
  store::PaymentRow found = std::move(**row);
  Result<PaymentSnapshot> snapshot =
      co_await complete_with_live_operation(context, std::move(found), std::move(merchant));
  co_return snapshot;
}

Task<Result<PaymentSnapshot>> load_payment_by_key(Context& context, std::int64_t payment_key) {
  Result<std::optional<store::PaymentRow>> row =
      co_await store::find_payment_by_key(context.store, payment_key);
  if (!row) co_return fail(std::move(row.error()));
  if (!*row) co_return fail(Code::not_found, "payment_id", "Payment does not exist in our records");
  store::PaymentRow found = std::move(**row);
  Result<PaymentSnapshot> snapshot =
      co_await complete_with_live_operation(context, std::move(found), nullptr);
  co_return snapshot;
}

Task<Result<PaymentSnapshot>> load_operation(Context& context, std::int64_t operation_key) {
  Result<std::optional<store::OperationRow>> operation =
      co_await store::find_operation(context.store, operation_key);
  if (!operation) co_return fail(std::move(operation.error()));
  if (!*operation) co_return fail(Code::not_found, "", "no such operation");
  const Operation found = (*operation)->operation;
  Result<std::optional<store::PaymentRow>> row =
      co_await store::find_payment_by_key(context.store, found.payment_key);
  if (!row) co_return fail(std::move(row.error()));
  if (!*row) co_return fail(Code::not_found, "payment_id", "Payment does not exist in our records");
  store::PaymentRow payment = std::move(**row);
  Result<PaymentSnapshot> snapshot = co_await complete(context, std::move(payment), nullptr);
  if (!snapshot) co_return snapshot;
  Result<void> attempt = co_await add_attempt(context, *snapshot, found.attempt_key);
  if (!attempt) co_return fail(std::move(attempt.error()));
  snapshot->aggregate.operation = found;
  if (found.refund_key == 0) co_return snapshot;
  Result<std::optional<store::RefundRow>> refund =
      co_await store::find_refund_by_key(context.store, found.refund_key);
  if (!refund) co_return fail(std::move(refund.error()));
  if (*refund) {
    snapshot->refund_details.reference = (*refund)->reference;
    snapshot->refund_details.parse((*refund)->details);
    snapshot->aggregate.refund = std::move((*refund)->refund);
  }
  co_return snapshot;
}

Task<Result<PaymentSnapshot>> load_attempt(Context& context, std::int64_t attempt_key) {
  Result<std::optional<store::AttemptRow>> attempt = co_await store::find_attempt(context.store, attempt_key);
  if (!attempt) co_return fail(std::move(attempt.error()));
  if (!*attempt) co_return fail(Code::not_found, "", "no such attempt");
  Result<std::optional<store::PaymentRow>> row =
      co_await store::find_payment_by_key(context.store, (*attempt)->attempt.payment_key);
  if (!row) co_return fail(std::move(row.error()));
  if (!*row) co_return fail(Code::not_found, "payment_id", "Payment does not exist in our records");
  store::PaymentRow payment = std::move(**row);
  Result<PaymentSnapshot> snapshot = co_await complete(context, std::move(payment), nullptr);
  if (!snapshot) co_return snapshot;
  snapshot->aggregate.attempt = std::move((*attempt)->attempt);
  snapshot->account = snapshot->merchant->find_account(snapshot->aggregate.attempt->connector_account_key);
  Result<std::optional<store::OperationRow>> live = co_await store::find_live_payment_operation(
      context.store, snapshot->aggregate.payment.id.key, attempt_key);
  if (!live) co_return fail(std::move(live.error()));
  if (*live) snapshot->aggregate.operation = std::move((*live)->operation);
  co_return snapshot;
}

namespace {
Task<Result<PaymentSnapshot>> complete_refund(Context& context, store::RefundRow row,
                                              std::shared_ptr<const MerchantEntry> merchant) {
  Result<std::optional<store::PaymentRow>> payment =
      co_await store::find_payment_by_key(context.store, row.refund.payment_key);
  if (!payment) co_return fail(std::move(payment.error()));
  if (!*payment) co_return fail(Code::not_found, "payment_id", "Payment does not exist in our records");
  store::PaymentRow found = std::move(**payment);
  Result<PaymentSnapshot> snapshot = co_await complete(context, std::move(found), std::move(merchant));
  if (!snapshot) co_return snapshot;
  Result<void> attempt = co_await add_newest_attempt(context, *snapshot);
  if (!attempt) co_return fail(std::move(attempt.error()));
  snapshot->refund_details.reference = std::move(row.reference);
  snapshot->refund_details.parse(row.details);
  snapshot->aggregate.refund = std::move(row.refund);
  co_return snapshot;
}
}  // namespace

Task<Result<PaymentSnapshot>> load_refund_by_key(Context& context, std::int64_t refund_key) {
  Result<std::optional<store::RefundRow>> row = co_await store::find_refund_by_key(context.store, refund_key);
  if (!row) co_return fail(std::move(row.error()));
  if (!*row) co_return fail(Code::not_found, "refund_id", "Refund does not exist in our records.");
  store::RefundRow found = std::move(**row);
  Result<PaymentSnapshot> snapshot = co_await complete_refund(context, std::move(found), nullptr);
  co_return snapshot;
}

Task<Result<PaymentSnapshot>> load_refund(Context& context, std::shared_ptr<const MerchantEntry> merchant,
                                          std::string refund_id) {
  const std::int64_t merchant_no = merchant->row.id.key;
  const Result<RefundId> id = parse_id<RefundTag>(refund_id);
  Result<std::optional<store::RefundRow>> row = std::nullopt;
  if (id)
    row = co_await store::find_refund(context.store, merchant_no, *id);
  else
    row = co_await store::find_refund_by_reference(context.store, merchant_no, std::move(refund_id));
  if (!row) co_return fail(std::move(row.error()));
  if (!*row) co_return fail(Code::not_found, "refund_id", "Refund does not exist in our records.");
  store::RefundRow found = std::move(**row);
  Result<PaymentSnapshot> snapshot = co_await complete_refund(context, std::move(found), std::move(merchant));
  co_return snapshot;
}

void apply(Context& context, PaymentSnapshot& snapshot, Decision decision, RowIs row,
           store::ChangeSet& changes) {
  snapshot.aggregate = std::move(decision.next);
  const Payment& payment = snapshot.aggregate.payment;
  if (row == RowIs::fresh || decision.payment_changes) {
    if (row == RowIs::stored && snapshot.details.is_same_as(snapshot.stored_details)) {
      changes.update(store::PaymentStateRow{payment});
    } else if (row == RowIs::stored) {
      changes.update(store::PaymentRow{payment, snapshot.reference, snapshot.details->serialise(),
                                       snapshot.details->has_link});
    } else {
      changes.insert(store::PaymentRow{payment, snapshot.reference, snapshot.details->serialise(),
                                       snapshot.details->has_link});
      add_alias(context, store::AliasKind::payment, payment.merchant_no, snapshot.reference, payment.id.key,
                changes);
    }
    snapshot.stored_details = snapshot.details;
  }
  EffectWriter writer(context, snapshot, payment.modified_at, changes);
  for (const PaymentEffect& effect : decision.effects)
    std::visit(writer, effect);
}

void count_state(Context& context, PaymentState before, const PaymentSnapshot& snapshot) {
  const PaymentState after = snapshot.aggregate.payment.state;
  if (before != after && snapshot.account)
    context.telemetry.count_payment(snapshot.account->connector_index, after);
  count_for_canary(context, before, snapshot);
}

std::string webhook_body(Context& context, const PaymentSnapshot& snapshot, const store::OutboxRow& event) {
  json::Writer out(2048);
  out.begin_object();
  out.field("merchant_id", snapshot.merchant->row.merchant_id);
  out.field("event_id", to_text(event.id));
  out.field("event_type", to_string(event.type));
  out.key("content").begin_object();
  if (is_refund_event(event.type)) {
    out.field("type", "refund_details")
        .raw_field("object", context.rendering.refund(refund_view_of(snapshot)));
  } else {
    out.field("type", "payment_details")
        .raw_field("object", context.rendering.payment(view_of(context, snapshot)));
  }
  out.end_object();
  out.field("timestamp", format_iso8601(event.created_at)).field("sequence", event.sequence);
  out.end_object();
  return std::move(out).take();
}

std::string client_secret_of(Keys& keys, const std::string& payment_id, PaymentId id) {
  const std::string hash = keys.pepper_hash("client_secret", encode_crockford(id.key, id.salt));
  return payment_id + "_secret_" + crypto::to_hex(std::string_view(hash).substr(0, 12));
}

std::string link_token_of(Keys& keys, PaymentId id) {
  const std::string hash = keys.pepper_hash("payment_link", encode_crockford(id.key, id.salt));
  return crypto::to_hex(std::string_view(hash).substr(0, 12));
}

PaymentView view_of(Context& context, const PaymentSnapshot& snapshot) {
  PaymentView view;
  view.payment = snapshot.aggregate.payment;
  view.attempt = snapshot.aggregate.attempt;
  view.details = snapshot.details;
  view.payment_id = snapshot.payment_id();
  view.client_secret = client_secret_of(context.keys, view.payment_id, view.payment.id);
  if (view.details->has_link) view.link_token = link_token_of(context.keys, view.payment.id);
  view.merchant = snapshot.merchant;
  view.profile = snapshot.profile;
  view.account = snapshot.account;
  return view;
}

Instant code_valid_until(const PaymentView& view) {
  constexpr Duration kCodeValidity = hours(2);
  check(view.attempt.has_value(), "the code of an attempt is shown that was not loaded");
  return std::min(view.payment.expires_at, view.attempt->created_at + kCodeValidity);
}

RefundView refund_view_of(const PaymentSnapshot& snapshot) {
  check(snapshot.aggregate.refund.has_value(), "a refund is shown that was not loaded");
  RefundView view;
  view.refund = *snapshot.aggregate.refund;
  view.refund_id = snapshot.refund_id();
  view.payment_id = snapshot.payment_id();
  view.reason = snapshot.refund_details.reason;
  view.metadata_json = snapshot.refund_details.metadata_json;
  view.merchant = snapshot.merchant;
  view.profile = snapshot.profile;
  view.account = snapshot.account;
  return view;
}

}  // namespace payweir::flows
