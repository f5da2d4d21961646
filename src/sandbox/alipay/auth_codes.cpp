#include "sandbox/alipay/auth_codes.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace payweir::sandbox::alipay {
namespace {

using Kind = AuthCodeBehaviour::Kind;

constexpr std::array kBehaviours = std::to_array<std::pair<std::string_view, AuthCodeBehaviour>>({
    {"0003", {.kind = Kind::asks_then_pays}},
    {"0013", {.kind = Kind::asks_then_declines}},
    {"0023", {.kind = Kind::asks}},
    {"0401", {Kind::refused, "ACQ.PAYMENT_AUTH_CODE_INVALID", "支付授权码无效"}},
    {"0402", {Kind::refused, "ACQ.BUYER_BALANCE_NOT_ENOUGH", "买家余额不足"}},
    {"0403", {Kind::refused, "ACQ.BUYER_BANKCARD_BALANCE_NOT_ENOUGH", "用户银行卡余额不足"}},
    {"0404", {Kind::refused, "ACQ.BUYER_ENABLE_STATUS_FORBID", "买家状态非法"}},
    {"0405", {Kind::refused, "ACQ.BUYER_PAYMENT_AMOUNT_DAY_LIMIT_ERROR", "买家付款日限额超限"}},
});

}  // namespace

std::optional<AuthCodeBehaviour> behaviour_of(std::string_view auth_code) {
  const bool is_number = std::ranges::all_of(auth_code, [](char c) { return c >= '0' && c <= '9'; });
  if (!is_number || auth_code.size() < 16 || auth_code.size() > 24) return std::nullopt;
  if (auth_code < "25" || auth_code >= "31") return std::nullopt;
  const auto known = std::ranges::find(kBehaviours, auth_code.substr(auth_code.size() - 4),
                                       [](const auto& row) { return row.first; });
  return known == kBehaviours.end() ? AuthCodeBehaviour{} : known->second;
}

}  // namespace payweir::sandbox::alipay
