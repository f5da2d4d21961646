#include "api/dialects/transactions/metadata.hpp"

#include <utility>

#include "base/json_reader.hpp"
#include "base/json_writer.hpp"

namespace payweir::api::dialects::transactions {
namespace {

constexpr std::string_view kOrderType = "business_order_type";

}  // namespace

std::string add_order_type(std::string_view metadata_json, std::string_view order_type) {
  if (order_type.empty()) return std::string(metadata_json);
  json::Writer out;
  out.begin_object().field(kOrderType, order_type);
  if (const Result<json::Document> document = json::parse(metadata_json); document)
    for (json::Value each = document->root().first(); each.present(); each = each.next())
      if (each.key() != kOrderType) out.raw_field(each.key(), each.dump());
  out.end_object();
  return std::move(out).take();
}

OrderMetadata take_order_type(std::string_view metadata_json) {
  OrderMetadata metadata;
  const Result<json::Document> document = json::parse(metadata_json);
  if (!document) return metadata;
  json::Writer rest;
  rest.begin_object();
  bool is_empty = true;
  for (json::Value each = document->root().first(); each.present(); each = each.next()) {
    if (each.key() == kOrderType && each.is(json::Kind::string)) {
      metadata.order_type = each.text();
      continue;
    }
    rest.raw_field(each.key(), each.dump());
    is_empty = false;
  }
  rest.end_object();
  if (!is_empty) metadata.rest_json = std::move(rest).take();
  return metadata;
}

}  // namespace payweir::api::dialects::transactions
