#pragma once
// Row descriptors: each type of row names its columns once, and everything that moves a row in or out of a
// database is made from that. For what writes queries and binds values; rows themselves are in
// store/rows.hpp.
#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

#include "base/money.hpp"
#include "base/time.hpp"
#include "store/rows.hpp"
#include "store/table.hpp"

namespace payweir::store {

// One column of a row type: its name, its database type and how to reach the member.
template <class Access>
struct Member {
  std::string_view name;
  ColumnType type;
  Access access;  // (Row&) -> Member&, for const and mutable rows alike
  bool is_immutable = false;

  // Says that no update changes it, which spares binding it and rewriting the indexes that hold it.
  [[nodiscard]] constexpr Member immutable() const { return {name, type, access, true}; }
};
template <class Access>
constexpr Member<Access> integer(std::string_view name, Access access) {
  return {name, ColumnType::integer, access, false};
}
template <class Access>
constexpr Member<Access> text(std::string_view name, Access access) {
  return {name, ColumnType::text, access, false};
}
template <class Access>
constexpr Member<Access> blob(std::string_view name, Access access) {
  return {name, ColumnType::blob, access, false};
}

// Specialised below: `static constexpr std::string_view name` and `static constexpr auto members()`.
template <class Row>
struct Describe;

template <class T>
Value to_value(const T& member) {
  if constexpr (std::same_as<T, std::string>)
    return Value{member};
  else if constexpr (std::same_as<T, Instant>)
    return Value{member.ms};
  else if constexpr (std::same_as<T, Currency>)
    return Value{std::int64_t{member.numeric()}};
  else if constexpr (std::is_enum_v<T>)
    return Value{static_cast<std::int64_t>(std::to_underlying(member))};
  else
    return Value{static_cast<std::int64_t>(member)};
}

template <class T>
void from_value(const Value& value, T& member) {
  if constexpr (std::same_as<T, std::string>) {
    const auto* stored = std::get_if<std::string>(&value);
    member = stored ? *stored : std::string();
  } else {
    const auto* stored = std::get_if<std::int64_t>(&value);
    const std::int64_t number = stored ? *stored : 0;
    if constexpr (std::same_as<T, Instant>)
      member = Instant{number};
    else if constexpr (std::same_as<T, Currency>)
      member = Currency::from_numeric(number).value_or(Currency{});
    else
      member = static_cast<T>(number);
  }
}

#define PAYWEIR_AT(path) [](auto& row) -> auto& { return row.path; }

template <>
struct Describe<MerchantRow> {
  static constexpr std::string_view name = "merchant";
  static constexpr auto members() {
    return std::tuple(
        integer("key", PAYWEIR_AT(id.key)).immutable(), integer("salt", PAYWEIR_AT(id.salt)).immutable(),
        integer("version", PAYWEIR_AT(version)), text("merchant_id", PAYWEIR_AT(merchant_id)).immutable(),
        text("publishable_key", PAYWEIR_AT(publishable_key)),
        integer("default_profile_key", PAYWEIR_AT(default_profile_key)), text("details", PAYWEIR_AT(details)),
        integer("created_at", PAYWEIR_AT(created_at)).immutable(),
        integer("modified_at", PAYWEIR_AT(modified_at)), integer("deleted", PAYWEIR_AT(deleted)));
  }
};

template <>
struct Describe<ProfileRow> {
  static constexpr std::string_view name = "profile";
  static constexpr auto members() {
    return std::tuple(
        integer("key", PAYWEIR_AT(id.key)).immutable(), integer("salt", PAYWEIR_AT(id.salt)).immutable(),
        integer("merchant_no", PAYWEIR_AT(merchant_no)).immutable(), integer("version", PAYWEIR_AT(version)),
        text("name", PAYWEIR_AT(name)), text("webhook_url", PAYWEIR_AT(webhook_url)),
        blob("sealed_secrets", PAYWEIR_AT(sealed_secrets)), text("details", PAYWEIR_AT(details)),
        integer("created_at", PAYWEIR_AT(created_at)).immutable(),
        integer("modified_at", PAYWEIR_AT(modified_at)), integer("deleted", PAYWEIR_AT(deleted)));
  }
};

template <>
struct Describe<ApiKeyRow> {
  static constexpr std::string_view name = "api_key";
  static constexpr auto members() {
    return std::tuple(
        integer("key", PAYWEIR_AT(id.key)).immutable(), integer("salt", PAYWEIR_AT(id.salt)).immutable(),
        integer("merchant_no", PAYWEIR_AT(merchant_no)).immutable(), integer("version", PAYWEIR_AT(version)),
        blob("hash", PAYWEIR_AT(hash)).immutable(), text("prefix", PAYWEIR_AT(prefix)).immutable(),
        text("name", PAYWEIR_AT(name)), text("description", PAYWEIR_AT(description)),
        integer("expires_at", PAYWEIR_AT(expires_at)),
        integer("created_at", PAYWEIR_AT(created_at)).immutable(),
        integer("modified_at", PAYWEIR_AT(modified_at)), integer("revoked", PAYWEIR_AT(revoked)));
  }
};

template <>
struct Describe<ConnectorAccountRow> {
  static constexpr std::string_view name = "connector_account";
  static constexpr auto members() {
    return std::tuple(
        integer("key", PAYWEIR_AT(id.key)).immutable(), integer("salt", PAYWEIR_AT(id.salt)).immutable(),
        integer("merchant_no", PAYWEIR_AT(merchant_no)).immutable(),
        integer("profile_key", PAYWEIR_AT(profile_key)).immutable(), integer("version", PAYWEIR_AT(version)),
        text("connector", PAYWEIR_AT(connector)).immutable(), text("label", PAYWEIR_AT(label)),
        blob("sealed_credentials", PAYWEIR_AT(sealed_credentials)), text("details", PAYWEIR_AT(details)),
        integer("disabled", PAYWEIR_AT(disabled)), integer("created_at", PAYWEIR_AT(created_at)).immutable(),
        integer("modified_at", PAYWEIR_AT(modified_at)), integer("deleted", PAYWEIR_AT(deleted)));
  }
};

template <>
struct Describe<RoutingAlgorithmRow> {
  static constexpr std::string_view name = "routing_algorithm";
  static constexpr auto members() {
    return std::tuple(
        integer("key", PAYWEIR_AT(id.key)).immutable(), integer("salt", PAYWEIR_AT(id.salt)).immutable(),
        integer("merchant_no", PAYWEIR_AT(merchant_no)).immutable(),
        integer("profile_key", PAYWEIR_AT(profile_key)).immutable(), integer("version", PAYWEIR_AT(version)),
        text("name", PAYWEIR_AT(name)).immutable(), text("description", PAYWEIR_AT(description)).immutable(),
        text("algorithm", PAYWEIR_AT(algorithm)).immutable(), integer("active", PAYWEIR_AT(active)),
        integer("canary_percent", PAYWEIR_AT(canary_percent)), text("canary", PAYWEIR_AT(canary)),
        integer("created_at", PAYWEIR_AT(created_at)).immutable(),
        integer("modified_at", PAYWEIR_AT(modified_at)));
  }
};
template <>
struct Describe<RetryRuleRow> {
  static constexpr std::string_view name = "retry_rule";
  static constexpr auto members() {
    return std::tuple(
        integer("key", PAYWEIR_AT(key)).immutable(), integer("version", PAYWEIR_AT(version)),
        text("connector", PAYWEIR_AT(rule.connector)).immutable(),
        text("flow", PAYWEIR_AT(rule.flow)).immutable(),
        text("sub_flow", PAYWEIR_AT(rule.sub_flow)).immutable(),
        text("code", PAYWEIR_AT(rule.code)).immutable(),
        text("message", PAYWEIR_AT(rule.message)).immutable(), text("status", PAYWEIR_AT(rule.status)),
        text("router_error", PAYWEIR_AT(rule.router_error)), integer("decision", PAYWEIR_AT(rule.decision)),
        integer("step_up_possible", PAYWEIR_AT(rule.step_up_possible)),
        integer("clear_pan_possible", PAYWEIR_AT(rule.clear_pan_possible)),
        integer("alternate_network_possible", PAYWEIR_AT(rule.alternate_network_possible)),
        text("unified_code", PAYWEIR_AT(rule.unified_code)),
        text("unified_message", PAYWEIR_AT(rule.unified_message)),
        text("error_category", PAYWEIR_AT(rule.error_category)),
        text("standardised_code", PAYWEIR_AT(rule.standardised_code)),
        text("description", PAYWEIR_AT(rule.description)),
        text("user_guidance_message", PAYWEIR_AT(rule.user_guidance_message)),
        integer("created_at", PAYWEIR_AT(created_at)).immutable(),
        integer("modified_at", PAYWEIR_AT(modified_at)));
  }
};

template <>
struct Describe<GatewayStatisticsRow> {
  static constexpr std::string_view name = "gateway_statistics";
  static constexpr auto members() {
    return std::tuple(integer("key", PAYWEIR_AT(key)).immutable(), integer("version", PAYWEIR_AT(version)),
                      integer("started_at", PAYWEIR_AT(started_at)).immutable(),
                      integer("modified_at", PAYWEIR_AT(modified_at)), blob("counts", PAYWEIR_AT(counts)));
  }
};

// Payment's own columns, of whichever row carries them.
constexpr auto payment_members() {
  return std::tuple(integer("key", PAYWEIR_AT(payment.id.key)).immutable(),
                    integer("salt", PAYWEIR_AT(payment.id.salt)).immutable(),
                    integer("merchant_no", PAYWEIR_AT(payment.merchant_no)).immutable(),
                    integer("profile_key", PAYWEIR_AT(payment.profile_key)).immutable(),
                    integer("version", PAYWEIR_AT(payment.version)),
                    integer("state", PAYWEIR_AT(payment.state)),
                    integer("amount_minor", PAYWEIR_AT(payment.amount.minor)),
                    integer("currency", PAYWEIR_AT(payment.amount.currency)),
                    integer("captured_minor", PAYWEIR_AT(payment.captured_minor)),
                    integer("refunded_minor", PAYWEIR_AT(payment.refunded_minor)),
                    integer("refund_reserved_minor", PAYWEIR_AT(payment.refund_reserved_minor)),
                    integer("capture_method", PAYWEIR_AT(payment.capture_method)),
                    integer("authentication_type", PAYWEIR_AT(payment.authentication_type)),
                    integer("has_payment_method", PAYWEIR_AT(payment.has_payment_method)),
                    integer("attempt_count", PAYWEIR_AT(payment.attempt_count)),
                    integer("event_sequence", PAYWEIR_AT(payment.event_sequence)),
                    integer("created_at", PAYWEIR_AT(payment.created_at)).immutable(),
                    integer("modified_at", PAYWEIR_AT(payment.modified_at)),
                    integer("expires_at", PAYWEIR_AT(payment.expires_at)));
}

template <>
struct Describe<PaymentRow> {
  static constexpr std::string_view name = "payment";
  static constexpr auto members() {
    return std::tuple_cat(
        payment_members(),
        std::tuple(text("reference", PAYWEIR_AT(reference)).immutable(), text("details", PAYWEIR_AT(details)),
                   integer("has_link", PAYWEIR_AT(has_link)).immutable()));
  }
};

template <>
struct Describe<PaymentStateRow> {
  static constexpr std::string_view name = "payment";
  static constexpr auto members() { return payment_members(); }
};

template <>
struct Describe<AttemptRow> {
  static constexpr std::string_view name = "attempt";
  static constexpr auto members() {
    return std::tuple(integer("key", PAYWEIR_AT(attempt.id.key)).immutable(),
                      integer("salt", PAYWEIR_AT(attempt.id.salt)).immutable(),
                      integer("merchant_no", PAYWEIR_AT(merchant_no)).immutable(),
                      integer("payment_key", PAYWEIR_AT(attempt.payment_key)).immutable(),
                      integer("connector_account_key", PAYWEIR_AT(attempt.connector_account_key)).immutable(),
                      integer("version", PAYWEIR_AT(attempt.version)),
                      integer("number", PAYWEIR_AT(attempt.number)).immutable(),
                      integer("state", PAYWEIR_AT(attempt.state)),
                      integer("amount_minor", PAYWEIR_AT(attempt.amount.minor)).immutable(),
                      integer("currency", PAYWEIR_AT(attempt.amount.currency)).immutable(),
                      integer("authorised_minor", PAYWEIR_AT(attempt.authorised_minor)),
                      integer("captured_minor", PAYWEIR_AT(attempt.captured_minor)),
                      text("connector_payment_id", PAYWEIR_AT(attempt.connector_payment_id)),
                      text("error_code", PAYWEIR_AT(attempt.error.code)),
                      text("error_message", PAYWEIR_AT(attempt.error.message)),
                      text("error_meaning", PAYWEIR_AT(attempt.error.meaning)),
                      integer("decline_reason", PAYWEIR_AT(attempt.decline_reason)),
                      integer("retry_class", PAYWEIR_AT(attempt.retry_class)),
                      text("cvc_check", PAYWEIR_AT(attempt.checks.cvc_check)),
                      text("address_line1_check", PAYWEIR_AT(attempt.checks.address_line1_check)),
                      text("address_postal_code_check", PAYWEIR_AT(attempt.checks.address_postal_code_check)),
                      text("card_network", PAYWEIR_AT(attempt.checks.network)),
                      text("network_transaction_id", PAYWEIR_AT(attempt.checks.network_transaction_id)),
                      integer("method", PAYWEIR_AT(attempt.method)).immutable(),
                      integer("next_action", PAYWEIR_AT(attempt.next_action.kind)),
                      text("next_action_data", PAYWEIR_AT(attempt.next_action.data)),
                      integer("released", PAYWEIR_AT(attempt.is_released)),
                      integer("created_at", PAYWEIR_AT(attempt.created_at)).immutable(),
                      integer("modified_at", PAYWEIR_AT(attempt.modified_at)));
  }
};

template <>
struct Describe<OperationRow> {
  static constexpr std::string_view name = "operation";
  static constexpr auto members() {
    return std::tuple(
        integer("key", PAYWEIR_AT(operation.id.key)).immutable(),
        integer("salt", PAYWEIR_AT(operation.id.salt)).immutable(),
        integer("merchant_no", PAYWEIR_AT(operation.merchant_no)).immutable(),
        integer("payment_key", PAYWEIR_AT(operation.payment_key)).immutable(),
        integer("attempt_key", PAYWEIR_AT(operation.attempt_key)).immutable(),
        integer("refund_key", PAYWEIR_AT(operation.refund_key)).immutable(),
        integer("connector_account_key", PAYWEIR_AT(operation.connector_account_key)).immutable(),
        integer("version", PAYWEIR_AT(operation.version)),
        integer("kind", PAYWEIR_AT(operation.kind)).immutable(),
        integer("state", PAYWEIR_AT(operation.state)), integer("result", PAYWEIR_AT(operation.result)),
        integer("amount_minor", PAYWEIR_AT(operation.amount.minor)).immutable(),
        integer("currency", PAYWEIR_AT(operation.amount.currency)).immutable(),
        integer("ask_count", PAYWEIR_AT(operation.ask_count)),
        integer("ask_at", PAYWEIR_AT(operation.ask_at)),
        integer("created_at", PAYWEIR_AT(operation.created_at)).immutable(),
        text("connector_operation_id", PAYWEIR_AT(operation.connector_operation_id)));
  }
};

template <>
struct Describe<RefundRow> {
  static constexpr std::string_view name = "refund";
  static constexpr auto members() {
    return std::tuple(
        integer("key", PAYWEIR_AT(refund.id.key)).immutable(),
        integer("salt", PAYWEIR_AT(refund.id.salt)).immutable(),
        integer("merchant_no", PAYWEIR_AT(refund.merchant_no)).immutable(),
        integer("payment_key", PAYWEIR_AT(refund.payment_key)).immutable(),
        integer("attempt_key", PAYWEIR_AT(refund.attempt_key)).immutable(),
        integer("version", PAYWEIR_AT(refund.version)), integer("state", PAYWEIR_AT(refund.state)),
        integer("amount_minor", PAYWEIR_AT(refund.amount.minor)).immutable(),
        integer("currency", PAYWEIR_AT(refund.amount.currency)).immutable(),
        text("connector_refund_id", PAYWEIR_AT(refund.connector_refund_id)),
        text("error_code", PAYWEIR_AT(refund.error.code)),
        text("error_message", PAYWEIR_AT(refund.error.message)),
        text("error_meaning", PAYWEIR_AT(refund.error.meaning)),
        integer("created_at", PAYWEIR_AT(refund.created_at)).immutable(),
        integer("modified_at", PAYWEIR_AT(refund.modified_at)),
        text("reference", PAYWEIR_AT(reference)).immutable(), text("details", PAYWEIR_AT(details)));
  }
};

template <>
struct Describe<AliasRow> {
  static constexpr std::string_view name = "alias";
  static constexpr auto members() {
    return std::tuple(integer("key", PAYWEIR_AT(key)), integer("merchant_no", PAYWEIR_AT(merchant_no)),
                      integer("kind", PAYWEIR_AT(kind)), text("text", PAYWEIR_AT(text)),
                      integer("target_key", PAYWEIR_AT(target_key)));
  }
};

template <>
struct Describe<IdempotencyRow> {
  static constexpr std::string_view name = "idempotency";
  static constexpr auto members() {
    return std::tuple(integer("key", PAYWEIR_AT(key)), blob("digest", PAYWEIR_AT(digest)),
                      blob("fingerprint", PAYWEIR_AT(fingerprint)),
                      integer("resource_key", PAYWEIR_AT(resource_key)));
  }
};

template <>
struct Describe<AnswerRow> {
  static constexpr std::string_view name = "answer";
  static constexpr auto members() {
    return std::tuple(integer("key", PAYWEIR_AT(key)), integer("status", PAYWEIR_AT(status)),
                      integer("sealed", PAYWEIR_AT(sealed)), blob("body", PAYWEIR_AT(body)));
  }
};

template <>
struct Describe<PostingRow> {
  static constexpr std::string_view name = "posting";
  static constexpr auto members() {
    return std::tuple(
        integer("key", PAYWEIR_AT(key)), integer("merchant_no", PAYWEIR_AT(merchant_no)),
        integer("payment_key", PAYWEIR_AT(payment_key)), integer("debit_account", PAYWEIR_AT(debit_account)),
        integer("credit_account", PAYWEIR_AT(credit_account)),
        integer("amount_minor", PAYWEIR_AT(amount.minor)), integer("currency", PAYWEIR_AT(amount.currency)),
        integer("created_at", PAYWEIR_AT(created_at)));
  }
};

template <>
struct Describe<OutboxRow> {
  static constexpr std::string_view name = "outbox";
  static constexpr auto members() {
    return std::tuple(
        integer("key", PAYWEIR_AT(id.key)), integer("salt", PAYWEIR_AT(id.salt)),
        integer("merchant_no", PAYWEIR_AT(merchant_no)), integer("profile_key", PAYWEIR_AT(profile_key)),
        integer("aggregate_key", PAYWEIR_AT(aggregate_key)), integer("refund_key", PAYWEIR_AT(refund_key)),
        integer("sequence", PAYWEIR_AT(sequence)), integer("type", PAYWEIR_AT(type)),
        integer("created_at", PAYWEIR_AT(created_at)));
  }
};

template <>
struct Describe<DeliveryRow> {
  static constexpr std::string_view name = "delivery";
  static constexpr auto members() {
    return std::tuple(integer("key", PAYWEIR_AT(key)).immutable(),
                      integer("merchant_no", PAYWEIR_AT(merchant_no)).immutable(),
                      integer("profile_key", PAYWEIR_AT(profile_key)).immutable(),
                      integer("version", PAYWEIR_AT(version)), integer("state", PAYWEIR_AT(state)),
                      integer("attempt_count", PAYWEIR_AT(attempt_count)),
                      integer("due_at", PAYWEIR_AT(due_at)), integer("last_status", PAYWEIR_AT(last_status)),
                      text("last_error", PAYWEIR_AT(last_error)), text("body", PAYWEIR_AT(body)).immutable());
  }
};

template <>
struct Describe<InboxRow> {
  static constexpr std::string_view name = "inbox";
  static constexpr auto members() {
    return std::tuple(
        integer("key", PAYWEIR_AT(key)).immutable(),
        integer("merchant_no", PAYWEIR_AT(merchant_no)).immutable(),
        integer("connector_account_key", PAYWEIR_AT(connector_account_key)).immutable(),
        integer("version", PAYWEIR_AT(version)), text("event_id", PAYWEIR_AT(event_id)).immutable(),
        text("event_type", PAYWEIR_AT(event_type)).immutable(),
        text("operation_reference", PAYWEIR_AT(operation_reference)).immutable(),
        text("payment_reference", PAYWEIR_AT(payment_reference)).immutable(),
        text("connector_payment_id", PAYWEIR_AT(connector_payment_id)).immutable(),
        text("connector_refund_id", PAYWEIR_AT(connector_refund_id)).immutable(),
        integer("state", PAYWEIR_AT(state)), integer("try_count", PAYWEIR_AT(try_count)),
        integer("due_at", PAYWEIR_AT(due_at)), integer("received_at", PAYWEIR_AT(received_at)).immutable(),
        integer("payment_key", PAYWEIR_AT(payment_key)));
  }
};

template <>
struct Describe<CallbackBodyRow> {
  static constexpr std::string_view name = "callback_body";
  static constexpr auto members() {
    return std::tuple(integer("key", PAYWEIR_AT(key)).immutable(),
                      integer("merchant_no", PAYWEIR_AT(merchant_no)).immutable(),
                      blob("body", PAYWEIR_AT(body)).immutable());
  }
};

template <>
struct Describe<ManualSettlementRow> {
  static constexpr std::string_view name = "manual_settlement";
  static constexpr auto members() {
    return std::tuple(integer("key", PAYWEIR_AT(key)).immutable(),
                      integer("merchant_no", PAYWEIR_AT(merchant_no)).immutable(),
                      integer("operation_key", PAYWEIR_AT(operation_key)).immutable(),
                      integer("version", PAYWEIR_AT(version)), integer("state", PAYWEIR_AT(state)),
                      integer("outcome", PAYWEIR_AT(outcome)).immutable(),
                      integer("amount_minor", PAYWEIR_AT(amount_minor)).immutable(),
                      text("proposed_by", PAYWEIR_AT(proposed_by)).immutable(),
                      text("approved_by", PAYWEIR_AT(approved_by)),
                      text("note", PAYWEIR_AT(note)).immutable(),
                      integer("created_at", PAYWEIR_AT(created_at)).immutable(),
                      integer("modified_at", PAYWEIR_AT(modified_at)));
  }
};

template <>
struct Describe<InstanceRow> {
  static constexpr std::string_view name = "instance";
  static constexpr auto members() {
    return std::tuple(integer("key", PAYWEIR_AT(key)).immutable(), integer("version", PAYWEIR_AT(version)),
                      integer("epoch", PAYWEIR_AT(epoch)), text("identity", PAYWEIR_AT(identity)),
                      integer("under_review", PAYWEIR_AT(under_review)), integer("since", PAYWEIR_AT(since)));
  }
};

#undef PAYWEIR_AT

}  // namespace payweir::store
