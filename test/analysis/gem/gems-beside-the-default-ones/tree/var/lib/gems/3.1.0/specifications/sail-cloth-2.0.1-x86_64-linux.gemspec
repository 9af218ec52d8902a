# -*- encoding: utf-8 -*-
# stub: sail-cloth 2.0.1 x86_64-linux lib

Gem::Specification.new do |s|
  s.name = "sail-cloth".freeze
  s.version = "2.0.1"
  s.platform = "x86_64-linux".freeze

  s.required_rubygems_version = Gem::Requirement.new(">= 0".freeze) if s.respond_to? :required_rubygems_version=
  s.require_paths = ["lib".freeze]
  s.authors = ["Al \"the \\\#{mast}\"".freeze]
  s.date = "2026-11-22"
  s.email = "al@example.org".freeze
  s.rubygems_version = "3.3.15".freeze
  s.summary = "A fixture".freeze

  s.installed_by_version = "3.3.15" if s.respond_to? :installed_by_version
end
