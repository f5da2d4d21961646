#include "sandbox/wechatpay/auth_codes.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace payweir::sandbox::wechatpay {
namespace {

using Kind = AuthCodeBehaviour::Kind;

constexpr std::array kBehaviours = std::to_array<std::pair<std::string_view, AuthCodeBehaviour>>({
    {"0003", {.kind = Kind::asks_then_pays}},
    {"0013", {.kind = Kind::asks_then_fails}},
    {"0023", {.kind = Kind::asks}},
    {"0401", {Kind::refused, 400, "AUTH_CODE_INVALID", "付款码无效"}},
    {"0402", {Kind::refused, 403, "NOT_ENOUGH", "用户余额不足"}},
    {"0403", {Kind::refused, 400, "AUTH_CODE_EXPIRE", "付款码已过期"}},
    {"0404", {Kind::refused, 403, "ACCOUNT_ERROR", "用户账号异常"}},
    {"0405", {Kind::refused, 403, "RULE_LIMIT", "业务规则限制"}},
});

}  // namespace

std::optional<AuthCodeBehaviour> behaviour_of(std::string_view auth_code) {
  const bool is_number = std::ranges::all_of(auth_code, [](char c) { return c >= '0' && c <= '9'; });
  if (!is_number || auth_code.size() != 18 || auth_code < "10" || auth_code >= "16") return std::nullopt;
  const auto* const known =
      std::ranges::find(kBehaviours, auth_code.substr(14), [](const auto& row) { return row.first; });
  return known == kBehaviours.end() ? AuthCodeBehaviour{} : known->second;
}

}  // namespace payweir::sandbox::wechatpay
