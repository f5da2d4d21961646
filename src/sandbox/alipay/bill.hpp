#pragma once
// alipay.data.dataservice.bill.downloadurl.query, and the file that its link leads to: a ZIP of two CSV
// tables in GBK, laid out as public samples of the trade bill are.
// https://opendocs.alipay.com/open/02fkbe_alipay.data.dataservice.bill.downloadurl.query, read 2026-11-22.
#include "sandbox/alipay/call.hpp"

namespace payweir::sandbox::alipay {

inline constexpr Duration kBillLinkLife = seconds(30);
inline constexpr std::size_t kBillLinksMax = 10'000;

[[nodiscard]] Answer query_bill(Call& call);
// GET /bill/{token}
[[nodiscard]] http::Response serve_bill(State& state, std::string_view token, Instant now);

// The detail table of one day, in UTF-8.
[[nodiscard]] std::string bill_details(const State& state, std::uint32_t account, Instant day, Instant now);

}  // namespace payweir::sandbox::alipay
