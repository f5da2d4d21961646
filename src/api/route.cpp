#include "api/route.hpp"

#include <utility>

#include "base/check.hpp"

namespace payweir::api {

bool admits(Access access, flows::Role role) {
  switch (access) {
    case Access::open: return true;
    case Access::admin: return role == flows::Role::admin;
    case Access::merchant:
    case Access::merchant_or_sandbox: return role == flows::Role::merchant;
    case Access::admin_or_merchant: return role == flows::Role::admin || role == flows::Role::merchant;
    case Access::merchant_or_publishable:
      return role == flows::Role::merchant || role == flows::Role::publishable;
  }
  return false;
}

std::string_view to_string(Access access) {
  switch (access) {
    case Access::open: return "open";
    case Access::admin: return "admin";
    case Access::merchant: return "merchant";
    case Access::admin_or_merchant: return "admin_or_merchant";
    case Access::merchant_or_publishable: return "merchant_or_publishable";
    case Access::merchant_or_sandbox: return "merchant_or_sandbox";
  }
  return "admin";
}

const std::string& RequestContext::param(std::string_view name) const {
  for (const auto& [known, value] : params)
    if (known == name) return value;
  check(false, "a handler asked for a parameter that its route does not have");
  std::unreachable();
}

std::string_view RequestContext::query_value(std::string_view name) const {
  for (const auto& [known, value] : query)
    if (known == name) return value;
  return {};
}

}  // namespace payweir::api
