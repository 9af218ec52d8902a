{application,port,
             [{registered,[]},
              {description,"Port"},
              {vsn,"2.0.0"},
              {applications,[kernel,stdlib,knot]},
              {modules,[]}]}.
