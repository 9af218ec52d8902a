# -*- encoding: utf-8 -*-
# stub: rope 1.2.0 ruby lib

Gem::Specification.new do |s|
  s.name = "rope".freeze
  s.version = "1.2.0"

  s.required_rubygems_version = Gem::Requirement.new(">= 0".freeze) if s.respond_to? :required_rubygems_version=
  s.metadata = { "source_code_uri" => "https://example.org/src" } if s.respond_to? :metadata=
  s.require_paths = ["lib".freeze]
  s.authors = ["Jo \u00C4ngstr\u00F6m".freeze, "Al".freeze]
  s.date = "2026-11-22"
  s.homepage = "https://example.org/rope".freeze
  s.licenses = ["MIT".freeze, "GPL-2.0-only".freeze]
  s.rubygems_version = "3.3.15".freeze
  s.summary = "A fixture".freeze

  s.installed_by_version = "3.3.15" if s.respond_to? :installed_by_version

  if s.respond_to? :specification_version then
    s.specification_version = 4
  end

  if s.respond_to? :add_runtime_dependency then
    s.add_runtime_dependency(%q<sail-cloth>.freeze, [">= 1"])
    s.add_runtime_dependency(%q<base64>.freeze, [">= 0"])
    s.add_development_dependency(%q<minitest>.freeze, [">= 0"])
  else
    s.add_dependency(%q<sail-cloth>.freeze, [">= 1"])
    s.add_dependency(%q<base64>.freeze, [">= 0"])
    s.add_dependency(%q<minitest>.freeze, [">= 0"])
  end
end
