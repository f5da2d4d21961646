#include "api/native/refund_requests.hpp"

#include <utility>

#include "api/query_binding.hpp"

namespace payweir::api::native {

Result<flows::CreateRefund> bind_create_refund(const json::Value& body) {
  std::optional<Error> problem;
  Fields fields(body, problem);
  flows::CreateRefund command;
  command.payment_id = fields.required_text("payment_id", 64);
  command.refund_id = fields.chosen_id("refund_id");
  command.amount_minor = fields.integer("amount", kAmountRange);
  command.reason = fields.text("reason");
  command.metadata_json = fields.object_json("metadata", kMetadataBytesMax);
  // Every refund is made at once; upstream's other word, scheduled, would promise what is not kept.
  static_cast<void>(fields.word("refund_type", {"instant"}));
  return bound(std::move(command), problem);
}

Result<flows::UpdateRefund> bind_update_refund(const json::Value& body, std::string refund_id) {
  std::optional<Error> problem;
  Fields fields(body, problem);
  flows::UpdateRefund command;
  command.refund_id = std::move(refund_id);
  command.reason = fields.optional_text("reason");
  if (fields.has("metadata")) command.metadata_json = fields.object_json("metadata", kMetadataBytesMax);
  return bound(std::move(command), problem);
}

Result<RetrieveRefund> bind_sync_refund(const json::Value& body) {
  std::optional<Error> problem;
  Fields fields(body, problem);
  RetrieveRefund command;
  command.refund_id = fields.required_text("refund_id", 64);
  command.sync = fields.boolean("force_sync").value_or(true) ? flows::Sync::ask_gateway : flows::Sync::stored;
  return bound(std::move(command), problem);
}

Result<RetrieveRefund> bind_retrieve_refund(const form::Pairs& query, std::string refund_id) {
  std::optional<Error> problem;
  QueryFields fields(query, problem);
  RetrieveRefund command;
  command.refund_id = std::move(refund_id);
  command.sync =
      fields.boolean("force_sync").value_or(false) ? flows::Sync::ask_gateway : flows::Sync::stored;
  return bound(std::move(command), problem);
}

Result<flows::ListRefunds> bind_list_refunds(const json::Value& body) {
  std::optional<Error> problem;
  Fields fields(body, problem);
  flows::ListRefunds command;
  command.limit = static_cast<std::size_t>(fields.integer("limit", kListLimitRange).value_or(10));
  command.offset = static_cast<std::size_t>(fields.integer("offset", kListOffsetRange).value_or(0));
  command.payment_id = fields.text("payment_id", 64);
  Fields range = fields.object("time_range");
  command.created_from = range.time("start_time");
  command.created_to = range.time("end_time");
  return bound(std::move(command), problem);
}

Result<flows::ListRefunds> bind_list_refunds(const form::Pairs& query) {
  std::optional<Error> problem;
  QueryFields fields(query, problem);
  flows::ListRefunds command;
  command.limit = static_cast<std::size_t>(fields.integer("limit", kListLimitRange).value_or(10));
  command.offset = static_cast<std::size_t>(fields.integer("offset", kListOffsetRange).value_or(0));
  command.payment_id = fields.text("payment_id", 64);
  return bound(std::move(command), problem);
}

}  // namespace payweir::api::native
