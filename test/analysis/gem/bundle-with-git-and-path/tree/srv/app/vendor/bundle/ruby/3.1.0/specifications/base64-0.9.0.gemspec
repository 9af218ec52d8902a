# -*- encoding: utf-8 -*-
# stub: base64 0.9.0 ruby lib

Gem::Specification.new do |s|
  s.name = "base64".freeze
  s.version = "0.9.0"

  s.required_rubygems_version = Gem::Requirement.new(">= 0".freeze) if s.respond_to? :required_rubygems_version=
  s.require_paths = ["lib".freeze]
  s.authors = ["Al".freeze]
  s.date = "2026-11-22"
  s.rubygems_version = "3.3.15".freeze
  s.summary = "A fixture".freeze

  s.installed_by_version = "3.3.15" if s.respond_to? :installed_by_version
end
