#pragma once
// The bodies and queries of the refund operations, bound to the commands of flows. Pure.
#include "api/binding.hpp"
#include "base/form.hpp"
#include "flows/payments.hpp"

namespace payweir::api::native {

struct RetrieveRefund {
  std::string refund_id;
  flows::Sync sync = flows::Sync::stored;
};

[[nodiscard]] Result<flows::CreateRefund> bind_create_refund(const json::Value& body);
[[nodiscard]] Result<flows::UpdateRefund> bind_update_refund(const json::Value& body, std::string refund_id);
// {"refund_id", "force_sync"}, which is true unless said otherwise.
[[nodiscard]] Result<RetrieveRefund> bind_sync_refund(const json::Value& body);
// ?force_sync=true
[[nodiscard]] Result<RetrieveRefund> bind_retrieve_refund(const form::Pairs& query, std::string refund_id);
[[nodiscard]] Result<flows::ListRefunds> bind_list_refunds(const json::Value& body);
[[nodiscard]] Result<flows::ListRefunds> bind_list_refunds(const form::Pairs& query);

}  // namespace payweir::api::native
