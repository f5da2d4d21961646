#pragma once
// GBK, in which Alipay writes its bills.
#include <string>
#include <string_view>

namespace payweir::sandbox {

// "?" for each character that GBK does not have. Requires: UTF-8.
[[nodiscard]] std::string to_gbk(std::string_view utf8);

}  // namespace payweir::sandbox
