#pragma once
// The pages' files, compiled in.
#include <span>
#include <string_view>

namespace payweir::api::pages {

struct EmbeddedFile {
  std::string_view name;  // "checkout.css"
  std::string_view content;
};
[[nodiscard]] std::span<const EmbeddedFile> embedded_files();

}  // namespace payweir::api::pages
